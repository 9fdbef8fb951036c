import ArgumentParser

/// `gatelog log`: what stands in a log, and what is done with it.
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Show the lines of a log, search it, follow it.",
        subcommands: [LogShowCommand.self, LogClearCommand.self],
        defaultSubcommand: LogShowCommand.self
    )
}
