import ArgumentParser
import Expressions

/// `gatelog explain`: what an expression means, before it is trusted with a gateway.
struct ExplainCommand: ParsableCommand, ColoredCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what an expression means, translate it, or try it on a capture.",
        usage: "gatelog explain <expression> [<options>]",
        discussion: """
            Examples:
              gatelog explain 'direc = in & tcpfl = SYN'
              gatelog explain 'port >= 137 & port <= 139' --to tcpdump
              gatelog explain 'addr = 10.0.0.0/8' --test trace.pcapng

            What a translation cannot carry over is said on standard error.

            \(language)
            """
    )

    /// The language at a glance.
    private static var language: String {
        let variables = Variable.table.map { row in
            let word = row.variable.rawValue
            return "  " + word + String(repeating: " ", count: max(2, 12 - word.count)) + row.meaning
        }
        return """
            The language:
              any                 every IP packet
              x = v, x != v       one of x's places is v; none of them is
              x = { v, w }        one of several; ranges too: x = 137-139
              x < n, <=, >, >=    numbers only
              x ~ /regex/i        payload, host, rule and user
              inner( a )          the packet inside a tunnel
              a & b, a | b, !a    & binds tighter than |; ( ) groups

            Variables:
            \(variables.joined(separator: "\n"))
            """
    }

    /// What an expression can be turned into.
    enum Target: String, ExpressibleByArgument, CaseIterable {
        case tcpdump, wireshark, nft, bpf, sql, listing, canonical
    }

    @Argument(help: ArgumentHelp("The expression.", valueName: "expression"))
    var expression: String?

    @Option(
        name: [.customShort("F"), .customLong("expression-file")],
        help: ArgumentHelp("Read the expression from FILE, for one that is too long to type.", valueName: "file"))
    var expressionFile: String?

    @Option(
        help: ArgumentHelp(
            "Translate to tcpdump, wireshark, nft, bpf or sql; or print the compiled listing or the canonical form.",
            valueName: "target"))
    var to: Target?

    @Option(
        help: ArgumentHelp("How many packets of FILE it would match; may be given several times.", valueName: "file"))
    var test: [String] = []

    @Flag(help: "One JSON object.")
    var json = false

    @OptionGroup var names: NameOptions

    @OptionGroup var look: LookOptions

    func validate() throws {
        guard (expression == nil) == (expressionFile == nil) else { return }
        throw ValidationError("say one expression: gatelog explain EXPRESSION, or -F FILE")
    }

    func run() throws {
        try ExplainPlan(self).run()
    }
}
