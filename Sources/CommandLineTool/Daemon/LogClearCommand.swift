import ArgumentParser
import ControlClient
import SystemCalls

/// `gatelog log clear`: empties a log.
struct LogClearCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear",
        abstract: "Remove all lines of a log; the Config log says who did it.",
        discussion: """
            Asks first on a terminal; elsewhere it takes --yes.

            Examples:
              gatelog log clear debug
              gatelog log clear debug --yes
            """
    )

    @Argument(help: ArgumentHelp("The daemon's log: debug, filter, connection, security ...", valueName: "name"))
    var name: String

    @Flag(name: [.short, .long], help: "Do not ask.")
    var yes = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        if !yes {
            guard FileDescriptor.standardInput.isTerminal, console.errorsAreTerminal else {
                throw ToolFailure("this removes all lines of the \(name.escaped) log, also the rotated ones: say --yes")
            }
            console.tell("Remove all lines of the \(name.escaped) log, also the rotated ones? [y/N] ")
            guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
                throw ToolFailure("nothing was removed")
            }
        }
        try await client.clearLog(name)
        try console.say("The \(name.escaped) log is empty.\n")
    }
}
