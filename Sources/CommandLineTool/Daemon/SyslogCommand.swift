import ArgumentParser
import ControlClient
import ControlMessages

/// `gatelog syslog`: the receivers of logs.
struct SyslogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "syslog", abstract: "Show the syslog receivers, and try them.",
        discussion: """
            Receivers stand in the settings (syslog). A test message goes the same way as all others; the command says
            when the receiver has it, or why it has not.

            Examples:
              gatelog settings set syslog.central '{ server: logs.example.com, transport: tcp }'
              gatelog syslog list
              gatelog syslog test central
            """,
        subcommands: [SyslogListCommand.self, SyslogTestCommand.self])
}

struct SyslogListCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the receivers: whether they are connected, what was sent, waits and is lost.")

    @Flag(help: "One JSON object a receiver.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let receivers = try await client.syslog()
        if json { return try console.say(jsonLines: receivers) }
        try console.say(
            receivers.isEmpty
                ? "There are no syslog receivers; they come from the settings (syslog).\n"
                : SyslogTable(receivers, times: DaemonTimes()).text)
    }
}

struct SyslogTestCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Send a test message to a receiver.")

    @Argument(help: "Which receiver.")
    var name: String

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let receiver = try await client.testSyslog(name)
        try console.say("\(receiver.address.escaped) has the test message.\n")
    }
}

/// Receivers as a table.
struct SyslogTable {
    private let receivers: [SyslogState]
    private let times: DaemonTimes
    private let paint: (String, Console.Color) -> String

    init(
        _ receivers: [SyslogState], times: DaemonTimes,
        paint: @escaping (String, Console.Color) -> String = { text, _ in text }
    ) {
        self.receivers = receivers
        self.times = times
        self.paint = paint
    }

    var text: String {
        var table = TextTable([
            ("Syslog", .left), ("Receiver", .left), ("Sent", .right), ("Waiting", .right), ("Since", .left),
            ("Lost", .right), ("Cut", .right), ("State", .left),
        ])
        for receiver in receivers {
            let waits = receiver.waitingBytes == 0 && receiver.waitingLines == 0
            table.add([
                receiver.name.escaped, receiver.address.escaped, StatusText.count(receiver.sent),
                waits
                    ? "0"
                    : "\(StatusText.count(receiver.waitingLines)) (\(StatusText.bytes(receiver.waitingBytes)))",
                waits ? "" : receiver.oldest.map { times.local($0) } ?? "",
                receiver.lost == 0 ? "0" : paint(StatusText.count(receiver.lost), .red),
                StatusText.count(receiver.cut), state(receiver),
            ])
        }
        return table.text
    }

    private func state(_ receiver: SyslogState) -> String {
        let text = receiver.state.escaped
        return ["connected", "connecting", "off"].contains(text) ? text : paint(text, .red)
    }
}
