import Foundation
import LiveCapture
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// What a test keeps of a record.
struct Logged: Equatable {
    var frame: Frame
    var layers: Layers
    var bytes: [UInt8]

    var rule: String { text(layers.ruleOffset, layers.ruleLength) }
    var group: String { text(layers.ruleGroupOffset, layers.ruleGroupLength) }

    private func text(_ offset: Int32, _ length: Int32) -> String {
        String(decoding: bytes[Int(offset)..<Int(offset) + Int(length)], as: UTF8.self)
    }

    static func == (left: Logged, right: Logged) -> Bool { left.bytes == right.bytes }
}

extension FirewallLogSource {
    /// All records until nothing comes for two waits; more waits where fewer than `expected` came (a neighbour is
    /// asked for again after a second).
    mutating func drain(expecting expected: Int = 0) throws -> [Logged] {
        var all: [Logged] = []
        var idle = 0
        while idle < (all.count < expected ? 25 : 2) {
            guard try nextBatch() == .packets else {
                idle += 1
                continue
            }
            while let frame = next() {
                var layers = Layers()
                layers.decode(bytes, of: frame)
                all.append(Logged(frame: frame, layers: layers, bytes: bytes.withUnsafeBytes { Array($0) }))
            }
        }
        return all
    }
}

// Needs root (network namespaces), nftables and a kernel with NFLOG.
@Suite(.enabled(if: NetworkNamespace.isAvailable, "needs root: network namespaces"), .serialized)
struct FirewallLogTests {
    /// Rules that log what is sent to UDP port 9, and count it.
    private static func rules(_ space: NetworkNamespace, log: String, chain: String = "output") throws {
        try space.run(
            "nft", "-f", "-",
            input: """
                table inet t {
                    chain c { type filter hook \(chain) priority 0; udp dport 9 counter log \(log); }
                }
                """)
    }

    /// What nft counted.
    private static func count(_ space: NetworkNamespace) throws -> UInt64 {
        let text = try space.run("nft", "list", "table", "inet", "t").text
        let words = text.split(separator: " ")
        let at = try #require(words.firstIndex(of: "packets"), "no counter in \(text)")
        return try #require(UInt64(words[at + 1]))
    }

    @Test func `a rule's packet is seen with its verdict, rule, interface, user and hook`() throws {
        let space = try NetworkNamespace("log")
        try Self.rules(space, log: "prefix \"DROP @web:12 Admin panel block\" group 5")
        var source = try space.enter { try FirewallLogSource(.init(groups: [5])) }
        let before = Date().timeIntervalSince1970
        try space.sendDatagrams(1, to: "127.0.0.1", port: 9, size: 32)
        let records = try source.drain()
        try #require(records.count == 1)
        let record = records[0]
        #expect(record.frame.linkType == .nflog)
        #expect(record.frame.direction == .outgoing)
        #expect(record.frame.outgoing == InterfaceID(rawValue: 1))
        #expect(record.frame.interface == InterfaceID(rawValue: 1))
        #expect(record.frame.incoming == .none)
        #expect(abs(Double(record.frame.time.seconds) - before) < 60)
        let expected: Layers.Presence = [
            .ipv4, .ports, .udp, .verdict, .rule, .ruleNumber, .outputIndex, .userID, .linkDirection, .payload,
        ]
        #expect(record.layers.present.isSuperset(of: expected))
        #expect(record.layers.verdict == .drop)
        #expect(record.rule == "Admin panel block")
        #expect(record.group == "web")
        #expect(record.layers.ruleNumber == 12)
        #expect(record.layers.userID == 0)
        #expect(record.layers.destinationPort == 9)
        #expect(record.layers.payloadLength == 32)
        let counted = source.counters()
        #expect(counted.packets == 1)
        #expect(counted.bytes == 60)
        #expect(counted.dropped == 0)
        #expect(counted.malformed == 0)
    }

    @Test func `what passes through has both interfaces, the hardware header and the kernel's time`() throws {
        let network = try GatewayNetwork()
        let (client, gateway) = (network.client, network.gateway)
        try Self.rules(gateway, log: "prefix \"PERMIT Local traffic\" group 7", chain: "forward")
        var source = try gateway.enter { try FirewallLogSource(.init(groups: [6, 7, 7])) }
        try client.sendDatagrams(3, to: "10.91.2.2", port: 9)
        try client.sendDatagrams(2, to: "fd91:2::2", port: 9)
        let records = try source.drain(expecting: 5)
        try #require(records.count == 5)
        func index(_ name: String) throws -> UInt16 {
            let text = try gateway.run("cat", "/sys/class/net/\(name)/ifindex").text
            return try #require(UInt16(text.filter(\.isNumber)))
        }
        let (inside, outside) = (try index("g0"), try index("g1"))
        for record in records {
            #expect(record.frame.incoming.rawValue == inside)
            #expect(record.frame.outgoing.rawValue == outside)
            #expect(record.frame.interface.rawValue == inside)
            #expect(record.frame.direction == .incoming)
            #expect(record.layers.inputIndex == UInt32(inside))
            #expect(record.layers.outputIndex == UInt32(outside))
            #expect(record.layers.verdict == .pass)
            #expect(record.rule == "Local traffic")
            #expect(record.layers.present.contains([.sourceMAC, .destinationMAC, .ports]))
        }
        #expect(records.map { $0.layers.present.contains(.ipv6) } == [false, false, false, true, true])
        // The kernel's own times: in order.
        #expect(records.map(\.frame.time) == records.map(\.frame.time).sorted())
        #expect(source.counters().dropped == 0)
        #expect(try Self.count(gateway) == 5)
    }

    @Test func `what a reader that is too slow loses is counted to the packet`() throws {
        let space = try NetworkNamespace("flood")
        try Self.rules(space, log: "prefix \"flood\" group 5")
        var options = FirewallLogSource.Options(groups: [5])
        options.receiveBuffer = 64 << 10
        var source = try space.enter { try FirewallLogSource(options) }
        var received = 0
        for _ in 0..<3 {
            try space.sendDatagrams(20_000, to: "127.0.0.1", port: 9, size: 8)
            received += try source.drain().count
        }
        // A loss is seen when the next record comes.
        try space.sendDatagrams(1, to: "127.0.0.1", port: 9, size: 8)
        received += try source.drain().count
        let counted = source.counters()
        #expect(counted.packets == UInt64(received))
        #expect(counted.dropped > 0, "the flood was taken whole: the buffer is not as small as it should be")
        #expect(counted.packets + counted.dropped == (try Self.count(space)))
        #expect(counted.malformed == 0)
        #expect(source.restarts == 0)
    }

    @Test func `groups are counted apart, and the copy range cuts packets, not their lengths`() throws {
        let space = try NetworkNamespace("groups")
        try space.run(
            "nft", "-f", "-",
            input: """
                table inet t {
                    chain c {
                        type filter hook output priority 0;
                        udp dport 9 log prefix "a" group 100
                        udp dport 9 log prefix "b" group 65535 snaplen 40
                    }
                }
                """)
        var options = FirewallLogSource.Options(groups: [100, 65_535])
        options.copyRange = 64
        var source = try space.enter { try FirewallLogSource(options) }
        try space.sendDatagrams(200, to: "127.0.0.1", port: 9, size: 1000)
        let records = try source.drain()
        #expect(records.filter { $0.rule == "a" }.count == 200)
        #expect(records.filter { $0.rule == "b" }.count == 200)
        #expect(records.allSatisfy { $0.layers.totalLength == 1028 && $0.layers.payloadLength == 1000 })
        #expect(records.allSatisfy { $0.bytes.count < ($0.rule == "a" ? 190 : 166) })
        #expect(source.counters().dropped == 0)
        #expect(source.counters().bytes == 400 * 1028)
    }

    @Test func `a group that another has is said, with what to do`() throws {
        let space = try NetworkNamespace("taken")
        let first = try space.enter { try FirewallLogSource(.init(groups: [3])) }
        do {
            _ = try space.enter { try FirewallLogSource(.init(groups: [4, 3])) }
            Issue.record("one group was bound twice")
        } catch let error as SourceError {
            #expect(error.doing == "binding log group 3")
            #expect(error.reason.hasPrefix("another program reads this group already"))
            #expect(error.remedy == "Stop it, or log to another group: one program can read a group.")
            #expect(error.isTemporary)
        }
        _ = consume first
        // Group 4 is free again: a source that could not be opened keeps nothing.
        _ = try space.enter { try FirewallLogSource(.init(groups: [4, 3])) }
    }

    @Test func `no group at all is an error`() throws {
        do {
            _ = try FirewallLogSource(.init(groups: []))
            Issue.record("a log without groups was opened")
        } catch {
            #expect("\(error)" == "opening the firewall's log: 0 groups are asked for. Name 1 to 64 log groups.")
        }
    }

    @Test func `without the privilege it says which one is lacking, and the command that grants it`() throws {
        let space = try NetworkNamespace("bare")
        var errors: [SourceError] = []
        try space.enter {
            try NetworkNamespace.withoutNetworkAdmin {
                do throws(SourceError) { _ = try FirewallLogSource(.init(groups: [5])) } catch { errors.append(error) }
                do throws(SourceError) { _ = try ConnectionSource(.init(seed: 1)) } catch { errors.append(error) }
            }
        }
        #expect(errors.map(\.doing) == ["binding log group 5", "opening the connection log"])
        for error in errors {
            #expect(error.reason == "this process lacks CAP_NET_ADMIN")
            #expect(error.remedy == Privileges.remedy)
        }
        #expect(Privileges.remedy.hasPrefix("Grant it: sudo setcap cap_net_admin,cap_net_raw+ep /"))
        // With it, all is well again.
        _ = try space.enter { try FirewallLogSource(.init(groups: [5])) }
    }
}
