import ExpressionSupport
import Expressions
import Testing

/// Rule 4: which relational conditions become one, and which do not.
@Suite struct IntervalTests {
    static let merged: [(text: String, canonical: String)] = [
        ("port >= 137 & port <= 139", "port >= 137 & port <= 139"),
        // Not adjacent, and in parentheses that hold only a chain.
        ("port >= 137 & proto = udp & port <= 139", "port >= 137 & port <= 139 & proto = udp"),
        ("port >= 137 & (port <= 139)", "port >= 137 & port <= 139"),
        ("(port >= 137) & ((proto = udp & (port <= 139)))", "port >= 137 & port <= 139 & proto = udp"),
        ("port > 5 & port > 7 & port < 100 & port <= 90", "port >= 8 & port <= 90"),
        ("vlan > 5 & vlan < 10", "vlan >= 6 & vlan <= 9"),
        // Each variable by itself.
        ("port > 5 & sport > 7 & port < 9", "port >= 6 & port <= 8 & sport >= 8"),
        // `=` never joins.
        ("port >= 137 & port = 130-139", "port >= 137 & port = 130-139"),
        ("port >= 137 & port != 138 & port <= 139", "port >= 137 & port <= 139 & port != 138"),
        // Nothing crosses | or !.
        ("port >= 137 & (port <= 139 | port = 445)", "port >= 137 & (port <= 139 | port = 445)"),
        ("port >= 80 & !(port > 90)", "port >= 80 & !(port >= 91)"),
        ("port >= 80 & !!(port <= 90)", "port >= 80 & !!(port <= 90)"),
        ("port >= 1 | port <= 5", "port >= 1 | port <= 5"),
        ("!(port >= 137 & port <= 139)", "!(port >= 137 & port <= 139)"),
        ("port >= 1 & inner(port <= 5 & port >= 3)", "port >= 1 & inner(port >= 3 & port <= 5)"),
        ("(port >= 1 & len = 5 | ip = 4) & port <= 9", "(port >= 1 & len = 5 | ip = 4) & port <= 9"),
        // Empty intervals stay, never met.
        ("port > 1024 & port < 1024", "port >= 1025 & port <= 1023"),
        ("port > 65535", "port > 65535"),
        ("port < 0", "port >= 1 & port <= 0"),
        ("port < 0 & port > 65535", "port > 65535 & port <= 0"),
    ]

    @Test(arguments: merged)
    func isMerged(row: (text: String, canonical: String)) throws {
        let expression = try Expression(parsing: row.text)
        #expect(expression.canonical == row.canonical)
        #expect(try Expression(parsing: row.canonical).tree?.withoutPlaces == expression.tree?.withoutPlaces)
    }

    @Test func oneIntervalIsOneCondition() throws {
        let tree = try #require(try Expression(parsing: "port >= 137 & (port <= 139)").tree)
        #expect(
            tree.withoutPlaces == .condition(Condition(.port, .interval(lower: 137, upper: 139), place: .none)))
    }

    /// The warnings that the rule asks for, and what they propose.
    static let warned: [(text: String, proposal: String)] = [
        ("port >= 137 & (port <= 139 | port = 445)", #""port = 137-139""#),
        ("port >= 80 & !(port > 90)", #""port = 80-90""#),
        ("port > 1024 & port < 1024", #""sport > 1024 & dport < 1024""#),
        ("sport = 1 & sport = 2", "never met"),
        ("any & port = 80", "as it stands"),
    ]

    @Test(arguments: warned)
    func isWarnedOf(row: (text: String, proposal: String)) throws {
        let warnings = try Expression(parsing: row.text).warnings
        #expect(warnings.count == 1 && warnings[0].severity == .warning)
        #expect(warnings.first?.message.contains(row.proposal) == true, "\(warnings)")
    }

    @Test(arguments: [
        "port >= 137 & port <= 139", "port = 137-139 & (port = 445 | addr = 1.2.3.4)",
        "addr = 1.2.3.4 & addr = 5.6.7.8",
        "port > 5 & (port > 9 | ip = 4)", "sport > 5 & (sport < 9 | ip = 4)", "any", "inner(any)", "!(port = 53)",
        "tcpfl != SYN & proto = udp", "sport = 1 & dport = 2", "port >= 1 & inner(port <= 5)",
    ])
    func isNotWarnedOf(text: String) throws {
        #expect(try Expression(parsing: text).warnings == [])
    }
}
