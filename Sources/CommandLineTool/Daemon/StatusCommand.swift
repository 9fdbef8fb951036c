import ArgumentParser
import ControlClient
import ControlMessages
import SystemCalls

/// `gatelog status`: what the daemon is doing, what it lost, and what to do about it.
struct StatusCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what the daemon is doing: sources, losses, logs, dumps, memory, problems.",
        discussion: """
            Examples:
              gatelog status
              gatelog status --watch
              gatelog status --json | jq '.sources[] | select(.dropped > 0)'

            "opens the filter" says whose expression makes the kernel hand over every packet, and for which of its \
            words. Exit status: 0, or 2 where no daemon answers.
            """
    )

    @Flag(help: "Show it again every second, with packets per second.")
    var watch = false

    @Flag(help: "One JSON object (with --watch: one a line).")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        guard watch else {
            let status = try await client.status()
            return try json ? console.say(json: status) : console.say(text(status, before: nil, console))
        }
        var before: StatusText.Moment?
        try await client.watchStatus(interval: 1) { status in
            if json { return try console.say(json: status) }
            let page = text(status, before: before, console)
            before = StatusText.Moment(status: status, nanoseconds: Clocks.monotonic)
            // Home, the page, and nothing of the last one below it.
            try console.say(console.outputIsTerminal ? "\u{1B}[H\u{1B}[2J\(page)" : "\(page)\n")
        }
    }

    private func text(_ status: EngineStatus, before: StatusText.Moment?, _ console: Console) -> String {
        StatusText(status, times: DaemonTimes(), before: before, monotonic: Clocks.monotonic) { text, color in
            console.paintOutput(text, color)
        }.text
    }
}
