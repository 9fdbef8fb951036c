import ExpressionSupport
import Expressions
import Primitives
import TestSupport
import Testing

/// What the grammar accepts, each text beside its canonical form.
@Suite struct GrammarTests {
    static let accepted: [(text: String, canonical: String)] = [
        // Words are case-insensitive; the symbols have names.
        ("PORT = 80 AND Proto = TCP", "port = 80 & proto = tcp"),
        ("port=80&&proto=tcp||!ip=6", "port = 80 & proto = tcp | !(ip = 6)"),
        ("not port == 80 or NOT NOT any", "!(port = 80) | !!any"),
        ("port = 80 # web\n& # and\nproto = tcp # over TCP", "port = 80 & proto = tcp"),
        // & binds tighter than |, and needless parentheses go.
        ("port = 1 | port = 2 & port = 3", "port = 1 | port = 2 & port = 3"),
        ("(port = 1 | port = 2) & port = 3", "(port = 1 | port = 2) & port = 3"),
        ("((port = 1 | (port = 2 | port = 3)))", "port = 1 | port = 2 | port = 3"),
        ("!((port = 1))", "!(port = 1)"),
        ("!(port = 1 | port = 2)", "!(port = 1 | port = 2)"),
        ("inner((port = 1))", "inner(port = 1)"),
        ("! inner (inner( any ))", "!inner(inner(any))"),
        // Numbers, ranges, sets, services.
        ("port = 0080", "port = 80"),
        ("port = 137 - 139", "port = 137-139"),
        ("port = {80,443 , 8000-8080,http-alt}", "port = { 80, 443, 8000-8080, http-alt }"),
        ("port = { 80 }", "port = 80"),
        ("port != { HTTP, 443 }", "port != { http, 443 }"),
        ("port = \"http\"", "port = http"),
        ("port < 1024", "port <= 1023"),
        ("port > 1023", "port >= 1024"),
        ("port >= 0", "port >= 0"),
        ("port <= 65535", "port >= 0"),
        ("asn = 4294967295", "asn = 4294967295"),
        // Addresses.
        ("addr = 1.2.3.4/24", "addr = 1.2.3.0/24"),
        ("addr = 1.2.3.4/255.255.255.0", "addr = 1.2.3.0/24"),
        ("addr = 1.2.3.4/0.0.0.0", "addr = 0.0.0.0/0"),
        ("addr = 1.2.3.4/32", "addr = 1.2.3.4"),
        ("addr = 1.2.3.0-1.2.3.255", "addr = 1.2.3.0/24"),
        ("addr = 1.2.3.4-1.2.3.4", "addr = 1.2.3.4"),
        ("addr = 2001:DB8:0:0:0:0:0:1", "addr = 2001:db8::1"),
        ("addr = 2001:db8::ffff/32", "addr = 2001:db8::/32"),
        ("addr = ::", "addr = ::"),
        ("addr = ::1-::ffff", "addr = ::1-::ffff"),
        ("addr = ::ffff:1.2.3.4", "addr = ::ffff:1.2.3.4"),
        ("addr = fe80::-fe80::ff", "addr = fe80::/120"),
        ("addr != { ::1, 10.0.0.0/8 }", "addr != { ::1, 10.0.0.0/8 }"),
        ("addr = list : \"servers\"", "addr = list:\"servers\""),
        ("addr = { list:\"servers\", user:\"ann\" }", "addr = { list:\"servers\", user:\"ann\" }"),
        ("addr = user:\" ann , [staff] \"", "addr = user:\"ann,[staff]\""),
        (#"addr = user:"bob\, jr,[a\[b\]]""#, #"addr = user:"bob\, jr,[a\[b\]]""#),
        (#"addr = user:"DOM\\carl""#, #"addr = user:"DOM\carl""#),
        // Hardware addresses.
        ("mac = 00:11:22:AA:bb:cc", "mac = 00:11:22:aa:bb:cc"),
        ("mac = { 00:11:22, 00:11:22:33 }", "mac = { 00:11:22, 00:11:22:33 }"),
        // Names: words in any case, strings as typed.
        ("if = internet", "if = \"Internet\""),
        ("if = ETH1", "if = \"eth1\""),
        ("if = VPN", "if = vpn"),
        (
            "if = { vpnclient, LAN, vpn:\"to the \\\"branch\\\"\" }",
            "if = { vpnclient, \"LAN\", vpn:\"to the \\\"branch\\\"\" }"
        ),
        ("user = ANN", "user = \"ann\""),
        ("user = { ann, \"[staff]\" }", "user = { \"ann\", \"[staff]\" }"),
        ("rule = NAT", "rule = \"NAT\""),
        (#"rule = "a \"b\" \\ \c""#, #"rule = "a \"b\" \ \c""#),
        ("host = \"WWW.Example.COM.\"", "host = \"www.example.com\""),
        ("host = localhost", "host = \"localhost\""),
        ("country = de", "country = DE"),
        ("country = \"de\"", "country = DE"),
        // Flags.
        ("tcpfl = syn", "tcpfl = SYN"),
        ("tcpfl = +SYN", "tcpfl = SYN"),
        ("tcpfl = -SYN", "tcpfl = -SYN"),
        ("tcpfl = -RST +ACK SYN", "tcpfl = SYN +ACK -RST"),
        ("tcpfl = SYN+ACK-RST", "tcpfl = SYN +ACK -RST"),
        ("tcpfl = SYN SYN", "tcpfl = SYN"),
        ("tcpfl != none", "tcpfl != NONE"),
        ("tcpfl = FIN SYN RST PSH ACK URG", "tcpfl = ALL"),
        ("tcpfl = -FIN -SYN -RST -PSH -ACK -URG", "tcpfl = NONE"),
        // ICMP, protocols and the other words.
        ("icmp = Echo-Request", "icmp = echo-request"),
        ("icmp = { 8, 3/3, redirect }", "icmp = { 8, 3/3, redirect }"),
        ("icmp6 = unreachable/port", "icmp6 = unreachable/port"),
        ("proto = 6", "proto = 6"),
        ("proto = { IPv6-ICMP, 99 }", "proto = { ipv6-icmp, 99 }"),
        (
            "frag = Later & verdict = DROP & direc = OUT & ip = 6",
            "frag = later & verdict = drop & direc = out & ip = 6"
        ),
        // Payloads and regular expressions.
        (#"payload = "a\x00\xffb\"\\""#, #"payload = "a\x00\xffb\"\\""#),
        ("payload = \"é\"", #"payload = "\xc3\xa9""#),
        (#"payload ~ /a\/b\\/I"#, #"payload ~ /a\/b\\/i"#),
        ("host ~ //", "host ~ //"),
        ("rule ~ /[#&|]/ # comment", "rule ~ /[#&|]/"),
    ]

    @Test(arguments: accepted)
    func isRead(row: (text: String, canonical: String)) throws {
        let directory = RandomExpressions.directory
        let expression = try Expression(parsing: row.text, directory: directory)
        #expect(expression.canonical == row.canonical)
        let again = try Expression(parsing: row.canonical, directory: directory)
        #expect(again.canonical == row.canonical)
        #expect(again.tree?.withoutPlaces == expression.tree?.withoutPlaces)
    }

    @Test func valuesMeanWhatTheyShow() throws {
        func value(_ text: String) throws -> Value {
            guard case .condition(let condition) = try Expression(parsing: text).tree,
                case .isOne(let values) = condition.test
            else { return .vpn }
            return values[0]
        }
        #expect(try value("port = 137-139") == .number(lower: 137, upper: 139))
        #expect(try value("proto = tcp") == .protocolName("tcp", 6))
        #expect(try value("mac = 00:11:22") == .mac(prefix: 0x1122, count: 3))
        #expect(
            try value("icmp = 8") == .icmp(ICMPValue(name: nil, v4: .init(type: 8, code: nil), v6: nil)),
            "numbers are of ICMP only")
        #expect(
            try value("icmp6 = 1/4") == .icmp(ICMPValue(name: nil, v4: nil, v6: .init(type: 1, code: 4))))
        #expect(
            try value("icmp = echo-request")
                == .icmp(
                    ICMPValue(
                        name: "echo-request", v4: .init(type: 8, code: nil), v6: .init(type: 128, code: nil))))
        #expect(
            try value("icmp6 = echo-request")
                == .icmp(ICMPValue(name: "echo-request", v4: nil, v6: .init(type: 128, code: nil))))
        #expect(try value(#"payload = "\x41\\x41""#) == .bytes(Array(#"A\x41"#.utf8)))
    }

    /// A condition's place is its text, so that warnings and `explain` can point to it.
    @Test func placesAreThoseOfTheText() throws {
        let text = "port = 80 & (addr = { 1.2.3.4, ::1 } | !tcpfl = SYN -ACK) & len > 5"
        var found: [String] = []
        func walk(_ tree: Tree) {
            switch tree {
            case .any: break
            case .and(let parts), .or(let parts): parts.forEach(walk)
            case .not(let tree), .inner(let tree): walk(tree)
            case .condition(let condition):
                let bytes = Array(text.utf8)[condition.place.lower..<condition.place.upper]
                found.append(String(decoding: bytes, as: UTF8.self))
            }
        }
        walk(try #require(try Expression(parsing: text).tree))
        #expect(found == ["port = 80", "addr = { 1.2.3.4, ::1 }", "tcpfl = SYN -ACK", "len > 5"])
    }
}
