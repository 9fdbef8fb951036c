import Expressions
import Testing

/// The examples of the language's page, and what their canonical form is.
@Suite struct ExampleTests {
    static let examples: [(text: String, canonical: String)] = [
        (
            #"if = "Internet" & (port >= 137 & port <= 139 | port = 445)"#,
            #"if = "Internet" & (port >= 137 & port <= 139 | port = 445)"#
        ),
        (
            #"oif = "Internet" & daddr = 123.32.45.67 & (dport = 80 | dport = 8080)"#,
            #"oif = "Internet" & daddr = 123.32.45.67 & (dport = 80 | dport = 8080)"#
        ),
        ("direc = in & tcpfl = SYN", "direc = in & tcpfl = SYN"),
        ("tcpfl = SYN +ACK -RST", "tcpfl = SYN +ACK -RST"),
        (
            "addr = 1.2.3.4-1.2.3.10 | addr = 2001:abcd:1234::1",
            "addr = 1.2.3.4-1.2.3.10 | addr = 2001:abcd:1234::1"
        ),
        (
            #"saddr = user:"user1,user2,[group1],user3,[group2]""#,
            #"saddr = user:"user1,user2,[group1],user3,[group2]""#
        ),
        (
            #"addr = list:"name of IP group" & iif = vpnclient"#,
            #"addr = list:"name of IP group" & iif = vpnclient"#
        ),
        (#"if = vpn:"name of VPN connection" & !(port = 53)"#, #"if = vpn:"name of VPN connection" & !(port = 53)"#),
        (
            "proto = udp & port = 5060-5061 & addr = 2001:db8::/32",
            "proto = udp & port = 5060-5061 & addr = 2001:db8::/32"
        ),
        (
            #"addr = { 10.0.0.0/8, 192.168.1.7 } & host ~ /(^|\.)example\.com$/"#,
            #"addr = { 10.0.0.0/8, 192.168.1.7 } & host ~ /(^|\.)example\.com$/"#
        ),
    ]

    @Test(arguments: examples)
    func isRead(example: (text: String, canonical: String)) throws {
        let expression = try Expression(parsing: example.text)
        #expect(expression.canonical == example.canonical)
        #expect(try Expression(parsing: expression.canonical).canonical == expression.canonical)
    }

    @Test(arguments: ["", " \t\r\n", "# nothing\n  # at all"])
    func emptyTextHasNoTree(text: String) throws {
        let expression = try Expression(parsing: text)
        #expect(expression.tree == nil)
        #expect(expression.canonical == "")
    }
}
