import Expressions
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// What programs make of names that the run learns while they are evaluated.
@Suite("Learned names")
struct LearnedNamesTests {
    private static let packet = PacketBuilder().ipv4().tcp()

    private func program(_ text: String, _ directory: Directory = Directory()) throws -> Program {
        Program(try Expression(parsing: text, directory: directory).tree, directory: directory)
    }

    private func isMet(_ program: borrowing Program, on interface: UInt16) -> Bool {
        let frame = Self.packet.frame(interface: InterfaceID(rawValue: interface))
        let bytes = Self.packet.bytes
        return program.matches(frame, Self.packet.decoded(), bytes.span.bytes, PacketFacts())
    }

    private func isMet(_ program: borrowing Program, host: UInt32 = 0, user: UInt32 = 0) -> Bool {
        var facts = PacketFacts()
        facts.destinationHosts[3] = host
        facts.sourceUser = user
        let bytes = Self.packet.bytes
        return program.matches(Self.packet.frame(), Self.packet.decoded(), bytes.span.bytes, facts)
    }

    @Test("A host is compared by its whole name, or by what it is below; case and a final dot do not count")
    func hosts() throws {
        let exact = try learned(#"host = "www.Example.com""#)
        #expect(exact == ["www.example.com", "WWW.EXAMPLE.COM."])
        let below = try learned(#"host = "*.example.com""#)
        #expect(below == ["www.example.com", "WWW.EXAMPLE.COM.", "a.b.example.com"])
        let both = try learned(#"host = { "example.com", "*.example.com" }"#)
        #expect(both == ["www.example.com", "WWW.EXAMPLE.COM.", "a.b.example.com", "example.com"])
        #expect(try learned(#"host ~ /(^|\.)example\.com$/"#) == both)
        #expect(try learned("host ~ /^NOT/") == ["notexample.com"])
    }

    private func learned(_ text: String) throws -> [String] {
        let names = [
            "www.example.com", "WWW.EXAMPLE.COM.", "a.b.example.com", "example.com", "notexample.com",
            "example.com.evil.test", "com", "",
        ]
        var program = try program(text)
        #expect(program.demands == .hosts)
        for (index, name) in names.enumerated() { program.learn(host: name, as: UInt32(index + 1)) }
        return names.enumerated().filter { isMet(program, host: UInt32($0.0 + 1)) }.map(\.1)
    }

    @Test("No name and nobody are never met")
    func zero() throws {
        var host = try program("host ~ /.*/")
        host.learn(host: "x", as: 0)
        #expect(isMet(host, host: 0) == false)
        var user = try program("user ~ /.*/")
        user.learn(user: .init(name: "x"), as: 0)
        #expect(isMet(user, user: 0) == false)
        let neither = try program("user != ann & host != \"a.b\"")
        #expect(isMet(neither, host: 7, user: 9) == true)
    }

    @Test("Users by name, group and pattern")
    func users() throws {
        for (text, wanted) in [("user = ann", [1]), (#"user = "[staff]""#, [1, 2]), ("user ~ /^b/", [2, 3])] {
            var program = try program(text)
            program.learn(user: .init(name: "ann", groups: ["staff"]), as: 1)
            program.learn(user: .init(name: "bob", groups: ["staff"]), as: 2)
            program.learn(user: .init(name: "bert"), as: 3)
            #expect((0...4).filter { isMet(program, user: UInt32($0)) } == wanted, "\(text)")
            #expect(program.demands == .users)
        }
    }

    @Test("A display name wins over another interface's kernel name, in whatever order they are learned")
    func displayNames() throws {
        let lan = Directory.Interface(displayName: "LAN", kernelName: "eth0")
        let odd = Directory.Interface(displayName: "eth0", kernelName: "eth1")
        for order in [[(lan, 5), (odd, 900)], [(odd, 900), (lan, 5)]] as [[(Directory.Interface, UInt16)]] {
            var program = try program("if = eth0")
            for (interface, id) in order { program.learn(interface: interface, as: InterfaceID(rawValue: id)) }
            #expect([5, 900, .max].filter { isMet(program, on: $0) } == [900])
        }
        var alone = try program("if = eth0")
        alone.learn(interface: lan, as: InterfaceID(rawValue: 5))
        #expect(isMet(alone, on: 5) == true)
        var directory = Directory()
        directory.interfaces = [lan, odd]
        var known = try program("if = eth0", directory)
        known.learn(interface: lan, as: InterfaceID(rawValue: 5))
        #expect(isMet(known, on: 5) == false)
    }

    @Test("Which interfaces are of a VPN")
    func vpn() throws {
        for (text, wanted) in [
            ("if = vpn", [1, 2]), ("if = vpnclient", [1]), (#"if = vpn:"branch""#, [2]), ("if != vpn", [0, 3]),
        ] as [(String, [UInt16])] {
            var program = try program(text)
            program.learn(interface: .init(displayName: "LAN"), as: InterfaceID(rawValue: 0))
            program.learn(interface: .init(displayName: "a", kind: .vpnClient), as: InterfaceID(rawValue: 1))
            program.learn(
                interface: .init(displayName: "b", kind: .vpnTunnel, connection: "branch"), as: InterfaceID(rawValue: 2)
            )
            #expect(([0, 1, 2, 3] as [UInt16]).filter { isMet(program, on: $0) } == wanted, "\(text)")
            #expect(program.demands == .interfaces)
        }
    }

    @Test("Identifiers beyond the limit are refused and counted")
    func limit() throws {
        var program = try program("host = \"a.b\"")
        program.learn(host: "a.b", as: Program.identifierLimit - 1)
        program.learn(host: "a.b", as: Program.identifierLimit)
        #expect(isMet(program, host: Program.identifierLimit - 1) == true)
        #expect(isMet(program, host: Program.identifierLimit) == false)
        #expect(program.refusedIdentifiers == 1)
    }

    @Test("Each demand comes from what the program reads, and from nothing else")
    func demands() throws {
        let wanted: [(String, Program.Demands)] = [
            ("any & ttl > 1", []), ("port = 80", .fragmentPorts), ("port = { 1, 3, 5, 7 }", .fragmentPorts),
            ("direc = in", .interfaces), ("mac = 00:11:22", .link), ("vlan = 7", .link), ("country = DE", .countries),
            ("asn = 64500", .asns), ("rule = NAT", .firewallLog), ("verdict = drop", .firewallLog),
            ("rule ~ /x/", .firewallLog),
            ("user = ann | host = \"a.b\" | sport = 1", [.users, .hosts, .fragmentPorts]),
        ]
        for (text, demands) in wanted { #expect(try program(text).demands == demands, "\(text)") }
    }

    @Test("A text that a regular expression gives up on is counted")
    func exhaustion() throws {
        let packet = PacketBuilder().ipv4().udp().payload([UInt8](repeating: 0x61, count: 1400))
        let program = try program("payload ~ /(a+)+[bc]/")
        let bytes = packet.bytes
        let isMet = program.matches(packet.frame(), packet.decoded(), bytes.span.bytes, PacketFacts())
        #expect(!isMet)
        #expect(program.exhaustedMatches == 1)
    }
}
