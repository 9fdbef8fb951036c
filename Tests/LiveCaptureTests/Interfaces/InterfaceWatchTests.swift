import Foundation
import LiveCapture
import Primitives
import TestSupport
import Testing

// Needs root (network namespaces) and iproute2, which judges.
@Suite(.enabled(if: NetworkNamespace.isAvailable, "needs root: network namespaces"), .serialized)
struct InterfaceWatchTests {
    /// What `ip -j addr` says of one interface, in the words of `told`.
    private struct Judged: Decodable {
        struct Address: Decodable {
            var local: String
            var prefixlen: Int
        }
        struct LinkInfo: Decodable { var infoKind: String? }

        var ifindex: UInt32
        var ifname: String
        var flags: [String]
        var operstate: String
        var address: String?
        var addrInfo: [Address]
        var linkinfo: LinkInfo?

        var told: String {
            let isUp = flags.contains("UP") && ["UP", "UNKNOWN"].contains(operstate)
            let addresses = addrInfo.map { "\($0.local)/\($0.prefixlen)" }.sorted()
            let mac = address.flatMap { $0.count == 17 ? $0 : nil } ?? "-"
            return "\(ifindex) \(ifname) \(isUp) \(mac) \(linkinfo?.infoKind ?? "-") \(addresses)"
        }
    }

    private func judged(_ space: NetworkNamespace) throws -> [String] {
        let data = Data(try space.run("ip", "-d", "-j", "addr").output)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode([Judged].self, from: data).sorted { $0.ifindex < $1.ifindex }.map(\.told)
    }

    private func told(_ interfaces: [NetworkInterface]) -> [String] {
        interfaces.map { link in
            let addresses = link.addresses.map(\.description).sorted()
            let mac = link.mac?.description ?? "-"
            return "\(link.index) \(link.name) \(link.isUp) \(mac) \(link.linkInfoKind ?? "-") \(addresses)"
        }
    }

    /// The last list within a while: changes come one after the other.
    private func settled(_ watch: inout InterfaceWatch) throws -> [NetworkInterface]? {
        var last: [NetworkInterface]?
        while let list = try watch.next(milliseconds: 300) { last = list }
        return last
    }

    @Test func `every change gives the list that ip shows`() throws {
        let space = try NetworkNamespace("watch")
        let other = try NetworkNamespace("peer")
        var watch = try space.enter { try InterfaceWatch() }
        let first = try #require(try watch.next(milliseconds: 0))
        #expect(told(first) == (try judged(space)))
        #expect(first.map(\.kind) == [.loopback])
        #expect(try watch.next(milliseconds: 0) == nil)

        let steps: [[String]] = [
            ["link", "add", "w0", "type", "veth", "peer", "name", "p0", "netns", other.name],
            ["addr", "add", "10.92.0.1/24", "dev", "w0"],
            ["addr", "add", "fd92::1/64", "dev", "w0"],
            ["link", "set", "w0", "up"],
            ["link", "add", "br0", "type", "bridge"],
            ["link", "set", "w0", "master", "br0"],
            ["link", "set", "w0", "nomaster"],
            ["link", "set", "w0", "down"],
            ["link", "set", "w0", "name", "lan"],
            ["addr", "add", "10.92.0.1/32", "peer", "10.93.0.1/32", "dev", "lan"],
            ["addr", "del", "10.92.0.1/24", "dev", "lan"],
            ["link", "set", "lan", "address", "02:00:00:00:00:09"],
            ["tuntap", "add", "dev", "tun0", "mode", "tun"],
            ["tuntap", "add", "dev", "tap0", "mode", "tap"],
            ["link", "del", "br0"],
            ["link", "del", "lan"],
        ]
        for step in steps {
            try space.run("ip", arguments: step)
            if step == ["link", "set", "w0", "up"] { try other.run("ip", "link", "set", "p0", "up") }
            let list = try settled(&watch)
            let expected = try judged(space)
            if let list { #expect(told(list) == expected, "after ip \(step.joined(separator: " "))") }
            // A bridge's port is no change of the list that we keep.
            if !step.contains("master"), !step.contains("nomaster") {
                #expect(list != nil, "nothing was told after ip \(step.joined(separator: " "))")
            }
            #expect(told(try space.enter { try NetworkInterface.all() }) == expected)
        }
        let kinds = Dictionary(
            uniqueKeysWithValues: try space.enter { try NetworkInterface.all() }.map { ($0.name, $0) })
        #expect(kinds["tun0"]?.kind == .vpnTunnel)
        #expect(kinds["tun0"]?.isEthernet == false)
        #expect(kinds["tap0"]?.kind == .ethernet)
        #expect(kinds["tap0"]?.isEthernet == true)
        #expect(watch.resyncs == 0)
    }

    @Test func `what was thrown away is asked for again`() throws {
        let space = try NetworkNamespace("storm")
        var watch = try space.enter { try InterfaceWatch(receiveBuffer: 4096) }
        _ = try watch.next(milliseconds: 0)
        let batch = (0..<300).map { "addr add 10.\($0 / 250).\($0 % 250).1/32 dev lo" }.joined(separator: "\n")
        try space.run("ip", "-batch", "-", input: batch)
        let list = try #require(try settled(&watch))
        #expect(watch.resyncs > 0, "nothing was lost: the buffer is not as small as it should be")
        #expect(list[0].addresses.count == 302)
        #expect(told(list) == (try judged(space)))
    }
}
