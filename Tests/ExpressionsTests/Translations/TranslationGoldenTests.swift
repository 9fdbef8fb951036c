import Expressions
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// What the translations of the language's examples, and of one of each kind, look like.
@Suite struct TranslationGoldenTests {
    static let more = [
        "any", "!any", "port = 80", "!(port = 53)", "addr != 10.0.0.0/8", "tcpfl != SYN", "tcpfl = NONE",
        "port > 1024", "port >= 137 & port <= 139", "icmp = echo-request", "icmp != 3/3", "proto = { gre, esp, 88 }",
        "ip = 6", "len = 1000-1500", "payloadlen > 0", "ttl <= 1", "dscp = 46", "vlan = 100", "vlan != 1-10",
        "frag = no", "frag = first", "frag != later", "mac = 00:11:22:33:44:55", "smac = 00:11:22",
        "daddr = 2001:db8::1-2001:db8::ffff:7", "saddr != { 10.0.0.1, 2001:db8::/32 }", #"payload = "GET ""#,
        #"payload = "\x00\xff" & port = 80"#, #"payload ~ /^user=\/"[^"]+/i"#, "proto = sctp & sport = 36412",
        #"verdict = drop & rule ~ /^in/"#, "country = DE | asn = 64500", #"user = "o'neil""#,
        #"host = "*.example.com""#,
        "inner(addr = 10.0.0.1)", #"iif = "Internet" | direc = out"#, "iif = vpn", "len >= 0", "port = 0-65535",
        #"if != "Internet" & iif != vpnclient"#, "(port = 80 | addr = 10.0.0.1) & (ttl = 1 | len > 100)",
    ]

    static var directory: Directory {
        var directory = Directory()
        directory.interfaces = [
            .init(displayName: "Internet", kernelName: "eth0"), .init(displayName: "LAN", kernelName: "eth1"),
            .init(displayName: "VPN client 1", kernelName: "tun0", kind: .vpnClient),
            .init(
                displayName: "Branch", kernelName: "wg0", kind: .vpnTunnel, connection: "name of VPN connection"),
        ]
        directory.lists = [
            "name of IP group": [
                AddressRange(.v4(IPv4Address(0x0A00_0000)), prefixLength: 24)!,
                AddressRange(IPAddress(parsing: "10.0.1.5")!, IPAddress(parsing: "10.0.1.100")!)!,
                AddressRange(IPAddress(parsing: "2001:db8::")!, prefixLength: 32)!,
            ]
        ]
        directory.groups = ["group1", "group2"]
        directory.users = [
            .init(name: "user1", addresses: [IPAddress(parsing: "192.168.1.1")!]),
            .init(name: "user2", groups: ["group1"], addresses: [IPAddress(parsing: "192.168.1.2")!]),
            .init(name: "user3", addresses: []),
            .init(name: "o'neil", groups: ["group2"], addresses: [IPAddress(parsing: "2001:db8::7")!]),
        ]
        return directory
    }

    private func golden(_ name: String, _ translation: (Tree?, Directory) -> (String, [Loss])) throws {
        var text = ""
        for source in ExampleTests.examples.map(\.text) + Self.more {
            let expression = try Expression(parsing: source, directory: Self.directory)
            let (result, losses) = translation(expression.tree, Self.directory)
            text += "\(source)\n"
            for line in result.split(separator: "\n", omittingEmptySubsequences: false) { text += "    \(line)\n" }
            for loss in losses {
                let place = loss.place.map { " \($0.lower)..<\($0.upper)" } ?? ""
                text += "    # \(loss.effect.rawValue)\(place): \(loss.sentence)\n"
            }
            text += "\n"
        }
        Golden.check(text, "Translations/\(name)")
    }

    @Test func tcpdump() throws {
        try golden("tcpdump.txt") { tree, directory in
            let filter = TcpdumpFilter(tree, directory: directory)
            return (filter.text, filter.losses)
        }
    }

    @Test func tcpdumpExactly() throws {
        try golden("tcpdump-exact.txt") { tree, directory in
            let filter = TcpdumpFilter(tree, directory: directory, detail: .exact)
            return (filter.text, filter.losses)
        }
    }

    @Test func wireshark() throws {
        try golden("wireshark.txt") { tree, directory in
            let filter = WiresharkFilter(tree, directory: directory)
            return (filter.text, filter.losses)
        }
    }

    @Test func nftables() throws {
        try golden("nftables.txt") { tree, directory in
            let match = NftablesMatch(tree, directory: directory)
            return (match.rules.joined(separator: "\n"), match.losses)
        }
    }

    @Test func sql() throws {
        try golden("sql.txt") { tree, directory in
            let predicate = SQLPredicate(tree, directory: directory)
            return (predicate.text, predicate.losses)
        }
    }

    @Test func bpf() throws {
        var text = ""
        for (source, frames) in [
            ("port = 80", BPFProgram.Frames.live), ("saddr = 10.0.0.0/8 & tcpfl = SYN", .live), ("any", .live),
            ("!(port = 53)", .file(.raw)), ("vlan = 7 | icmp = echo-request", .live), ("addr = 2001:db8::/32", .live),
            ("saddr = { 10.0.0.1, 10.0.0.7-10.0.0.9, 192.168.0.0/16 }", .file(.linuxCooked)),
            (#"payload = "x" & ttl < 5"#, .live),
        ] {
            let tree = try Expression(parsing: source, directory: Self.directory).tree
            let program = BPFProgram(tree, directory: Self.directory, frames: frames, snapLength: 65_535)
            text += "\(source)  (\(frames))\n\(program.listing)"
            for loss in program.losses { text += "# \(loss.effect.rawValue): \(loss.sentence)\n" }
            text += "\n"
        }
        let program = BPFProgram(nil, directory: Self.directory, frames: .file(.raw))
        text += "any, as numbers\n\(program.numbers)"
        Golden.check(text, "Translations/bpf.txt")
    }
}
