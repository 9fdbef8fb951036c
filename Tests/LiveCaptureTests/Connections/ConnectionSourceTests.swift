import Foundation
import LiveCapture
import Primitives
import Records
import TestSupport
import Testing

extension ConnectionSource {
    /// All events until nothing comes for two waits.
    mutating func drain() throws -> [ConnectionEvent] {
        var all: [ConnectionEvent] = []
        var idle = 0
        while idle < 2 {
            guard try nextBatch() == .packets else {
                idle += 1
                continue
            }
            while let event = next() { all.append(event) }
        }
        return all
    }
}

extension ConnectionEvent {
    /// As `conntrack -E -o id` tells it, without what it adds: kind, endpoints, counters, id.
    var told: String {
        func text(_ address: IPv6Address) -> String {
            String(
                appending: { buffer in
                    if record.present.contains(.ipv4) {
                        buffer.append(IPv4Address(UInt32(truncatingIfNeeded: address.number)))
                    } else {
                        buffer.append(address)
                    }
                })
        }
        let names: [Kind: String] = [.new: "NEW", .updated: "UPDATE", .destroyed: "DESTROY"]
        var words = [names[kind] ?? ""]
        let sides =
            [(record.original, record.sentPackets, record.sentBytes)]
            + [(record.reply, record.receivedPackets, record.receivedBytes)]
        for (ends, packets, bytes) in sides {
            words += ["src=\(text(ends.source))", "dst=\(text(ends.destination))"]
            if record.present.contains(.ports) {
                words += ["sport=\(ends.sourcePort)", "dport=\(ends.destinationPort)"]
            }
            if record.present.contains(.counters) { words += ["packets=\(packets)", "bytes=\(bytes)"] }
        }
        return (words + ["id=\(record.id)"]).joined(separator: " ")
    }
}

// Needs root (network namespaces), conntrack-tools and a kernel with conntrack events.
@Suite(.enabled(if: NetworkNamespace.isAvailable, "needs root: network namespaces"), .serialized)
struct ConnectionSourceTests {
    /// A gateway that tracks and translates what passes; `switches` are set to 1.
    private func network(_ switches: [String]) throws -> GatewayNetwork {
        let network = try GatewayNetwork()
        try network.gateway.run(
            "nft", "-f", "-",
            input: """
                table inet t {
                    chain n { type nat hook postrouting priority 100; oifname g1 masquerade; }
                }
                """)
        for name in ["nf_conntrack_acct", "nf_conntrack_timestamp"] {
            try network.gateway.run(
                "sysctl", "-qw", "net.netfilter.\(name)=\(switches.contains(name) ? 1 : 0)")
        }
        return network
    }

    /// Lines of `conntrack -E` in the words of `told`.
    private func judged(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            guard let open = line.firstIndex(of: "["), let close = line[open...].firstIndex(of: "]") else { return nil }
            let kind = line[line.index(after: open)..<close].trimmingCharacters(in: .whitespaces)
            let wanted: Set<String> = ["src", "dst", "sport", "dport", "packets", "bytes"]
            var words = [kind]
            var id = ""
            for word in line[close...].split(separator: " ") {
                let pair = word.split(separator: "=")
                guard pair.count == 2 else { continue }
                if wanted.contains(String(pair[0])) { words.append(String(word)) }
                // ICMP has an identifier of its own; the connection's stands last.
                if pair[0] == "id" { id = String(word) }
            }
            return (words + [id]).joined(separator: " ")
        }
    }

    @Test func `events are those that conntrack tells, in its order`() throws {
        let network = try network(["nf_conntrack_acct", "nf_conntrack_timestamp"])
        try Fixtures.withTemporaryFolder { folder in
            let output = URL(fileURLWithPath: folder).appendingPathComponent("events")
            let judge = try network.gateway.start("conntrack", ["-E", "-o", "id"], output: output)
            let echo = try network.startEcho(port: 7000, in: folder)
            defer {
                NetworkNamespace.stop(judge)
                NetworkNamespace.stop(echo)
            }
            Thread.sleep(forTimeInterval: 0.5)
            var options = ConnectionSource.Options(seed: 1)
            options.includesUpdates = true
            var source = try network.gateway.enter { try ConnectionSource(options) }
            try network.exchange("tcp", with: "10.91.2.2", port: 7000)
            try network.exchange("udp", with: "10.91.2.2", port: 7000)
            try network.exchange("tcp", with: "fd91:2::2", port: 7000)
            try network.ping("10.91.2.2", id: 77)
            _ = try network.gateway.run("conntrack", "-F")
            let events = try source.drain()
            let wanted = judged(try String(contentsOf: output, encoding: .utf8))
            #expect(events.map(\.told) == wanted)
            #expect(wanted.contains { $0.hasPrefix("UPDATE") })
            let ends = events.filter { $0.kind == .destroyed }.map(\.record)
            // Router and neighbour discovery are not tracked: what is there is what was done.
            #expect(ends.count >= 4)
            let web = try #require(ends.first { $0.protocolNumber == 6 && $0.present.contains(.ipv4) })
            #expect(web.present.contains([.started, .ended, .counters, .tcpState, .status, .id, .ports]))
            #expect(web.translated?.source == IPv6Address(mapping: IPv4Address(0x0A5B_0201)))
            #expect(web.sentBytes > 100 && web.receivedBytes > 100)
            #expect(web.started < web.ended)
            let ping = try #require(ends.first { $0.protocolNumber == 1 })
            #expect(ping.present.contains(.icmp))
            #expect(ping.icmpType == 8)
            #expect(ping.icmpID == 77)
            #expect(ping.sentPackets == 1 && ping.receivedPackets == 1)
            #expect(source.counters().malformed == 0)
            #expect(source.counters().dropped == 0)
            #expect(source.counters().packets == UInt64(events.count))
        }
    }

    @Test func `without the kernel's time stamps the table knows when it began`() throws {
        let network = try network([])
        try network.gateway.run("sysctl", "-qw", "net.netfilter.nf_conntrack_events=1")
        try network.client.sendDatagrams(1, to: "10.91.2.2", port: 9, from: 4001)
        var source = try network.gateway.enter { try ConnectionSource(.init(seed: 1)) }
        try network.client.sendDatagrams(1, to: "10.91.2.2", port: 9, from: 4002)
        _ = try source.drain()
        _ = try network.gateway.run("conntrack", "-F")
        let ends = try source.drain().filter { $0.kind == .destroyed }.map(\.record)
        // One that began before the source was there makes an event all the same.
        let earlier = try #require(ends.first { $0.original.sourcePort == 4001 })
        #expect(!earlier.present.contains(.started))
        #expect(!earlier.present.contains(.counters))
        #expect(earlier.present.contains(.ended))
        let later = try #require(ends.first { $0.original.sourcePort == 4002 })
        #expect(later.present.contains(.started))
        #expect((later.duration ?? 0) > 100_000_000)
    }

    @Test func `events that found no room are counted, each one`() throws {
        let network = try network([])
        var options = ConnectionSource.Options(seed: 1)
        options.receiveBuffer = 4096
        var source = try network.gateway.enter { try ConnectionSource(options) }
        let script = """
            import socket
            for port in range(10000, 12000):
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.bind(("", port))
                s.sendto(b"x", ("10.91.2.2", 9))
                s.close()
            """
        try network.client.run("python3", "-c", script)
        let count = try #require(
            Int(try network.gateway.run("conntrack", "-C").text.trimmingCharacters(in: .whitespacesAndNewlines)))
        _ = try network.gateway.run("conntrack", "-F")
        let events = try source.drain()
        let counted = source.counters()
        #expect(counted.dropped > 0, "nothing was lost: the buffer is not as small as it should be")
        // Each connection that was there began and ended.
        #expect(Int(counted.dropped) + events.count >= 2 * count)
        #expect(counted.packets == UInt64(events.count))
    }

    @Test func `the kernel's switches are facts with their remedy`() throws {
        let network = try network(["nf_conntrack_acct"])
        let facts = try network.gateway.enter { ConnectionTracking.current() }
        #expect(facts.accounting.isOn == true)
        #expect(facts.accounting.problem == nil)
        #expect(facts.timestamps.isOn == false)
        #expect(facts.timestamps.path == "/proc/sys/net/netfilter/nf_conntrack_timestamp")
        #expect(
            facts.timestamps.problem
                == "Connection lines lack the duration of connections that began before the start: "
                + "net.netfilter.nf_conntrack_timestamp is off. Turn it on: "
                + "sudo sysctl -w net.netfilter.nf_conntrack_timestamp=1")
        #expect(facts.count != nil)
        #expect((facts.most ?? 0) > 0)
    }
}
