import ArgumentParser
import ControlClient
import ControlMessages

/// `gatelog alert`: who is told of lines of the logs.
struct AlertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alert", abstract: "Show and try the alerts: programs and webhooks that are told of lines.",
        discussion: """
            Alerts are set up in the settings (alerts).

            Examples:
              gatelog alert list
              gatelog alert test ftp-attacks
            """,
        subcommands: [AlertListCommand.self, AlertTestCommand.self])
}

struct AlertListCommand: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the alerts and what they did.")

    @Flag(help: "One JSON object an alert.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let alerts = try await client.alerts()
        try json ? console.say(jsonLines: alerts) : console.say(Self.text(alerts))
    }

    static func text(_ alerts: [AlertState]) -> String {
        guard !alerts.isEmpty else { return "There are no alerts; they come from the settings (alerts).\n" }
        var table = TextTable([
            ("Alert", .left), ("Log", .left), ("Lines that", .left), ("By", .left), ("Matches", .right),
            ("Delivered", .right), ("Failed", .right), ("Held back", .right), ("Passed over", .right),
        ])
        var failures = ""
        for alert in alerts {
            let conditions = [alert.match, alert.grep.map { "/\($0)/" }].compactMap { $0 }.joined(separator: " & ")
            table.add([
                alert.name.escaped, alert.log.escaped, conditions.isEmpty ? "any" : StatusText.short(conditions),
                alert.kind.escaped, StatusText.count(alert.matches), StatusText.count(alert.delivered),
                StatusText.count(alert.failed), StatusText.count(alert.heldBack), StatusText.count(alert.missed),
            ])
            if let failure = alert.failure { failures += "\(alert.name.escaped): \(failure.escaped)\n" }
        }
        return table.text + (failures.isEmpty ? "" : "\n" + failures)
    }
}

struct AlertTestCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Send a message that only tries the way.",
        discussion: "Exit status: 0 where it arrived, 2 where it did not.")

    @Argument(help: "Which alert.")
    var name: String

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let alert = try await client.testAlert(name)
        if let failure = alert.failure { throw ToolFailure("the alert did not arrive: \(failure.escaped)") }
        try console.say("The alert \(alert.name.escaped) arrived.\n")
    }
}
