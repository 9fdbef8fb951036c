import ArgumentParser
import ControlClient
import ControlMessages

/// `gatelog packet-log`: packet logging into the Debug log.
struct PacketLogCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "packet-log",
        abstract: "Log the packets that match an expression into the Debug log; show it; end it.",
        usage: "gatelog packet-log [<expression> | --off] [<options>]",
        discussion: """
            Examples:
              gatelog packet-log 'port = 80 & tcpfl = SYN'
              gatelog packet-log
              gatelog log debug -f
              gatelog packet-log --off

            Without an argument it shows what is logged. The expression stays through a restart until it is ended.
            """
    )

    @Argument(help: ArgumentHelp("What to log from now on.", valueName: "expression"))
    var expression: String?

    @Option(
        name: [.customShort("F"), .customLong("expression-file")],
        help: ArgumentHelp("Read the expression from FILE, for one that is too long to type.", valueName: "file"))
    var expressionFile: String?

    @Flag(help: "End packet logging.")
    var off = false

    @Flag(help: "One JSON object.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        let said = [expression != nil, expressionFile != nil, off].filter(\.self).count
        if said > 1 { throw ValidationError("say an expression, -F FILE, or --off; one of them") }
        if let expression, expression.allSatisfy(\.isWhitespace) {
            throw ValidationError("an empty expression would end packet logging by mistake; say --off to end it")
        }
    }

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let text = try expressionFile.map { try ExpressionInput.text(ofFile: $0) } ?? expression
        let state: PacketLogState =
            if let text {
                try await client.setPacketLog(text)
            } else if off {
                try await client.setPacketLog(nil)
            } else {
                try await client.packetLog()
            }
        for warning in state.warnings where text != nil { console.tell(Self.lines(warning)) }
        try json ? console.say(json: state) : console.say(Self.text(state))
    }

    static func text(_ state: PacketLogState) -> String {
        guard let expression = state.expression else {
            return "Packet logging is off. It begins with: gatelog packet-log EXPRESSION\n"
        }
        var text = "Packet logging: \(lines(expression))"
        if let meaning = state.meaning { text += lines(meaning) }
        text += "\(StatusText.count(state.matches)) packets matched so far"
        if state.suppressed > 0 { text += ", \(StatusText.count(state.suppressed)) lines held back by the rate limit" }
        return text + ". They are in the Debug log: gatelog log debug -f\n"
    }

    /// Text of several lines, each escaped and ended.
    static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).escaped + "\n" }.joined()
    }
}
