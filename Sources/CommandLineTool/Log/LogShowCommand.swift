import ArgumentParser
import ControlClient
import ControlMessages

/// What was typed behind `gatelog log`; `LogPlan` makes of it what is meant.
struct LogShowCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the lines of a log, search it, follow it.",
        usage: "gatelog log (<name> | --file <file>) [<options>]",
        discussion: """
            Without a condition the last lines are shown, with one all lines that meet it, the oldest first. A log is \
            its file and the rotated ones beside it (debug.log.1, debug.log.2.zst ...); a rotated file named alone is \
            read alone. Any text file will do: only --match and --kind need the index that the daemon writes.

            Examples:
              gatelog log debug -f
              gatelog log filter --match 'dport = 22 & verdict = deny' --since 24h
              gatelog log --file debug.log --grep 'flags:\\[ SYN \\]' -n 20
              gatelog log --file debug.log.3.zst --since 2024-05-01T12:00 --until 13:00 --json

            Exit status: 0 lines were found, 1 none, 2 an error.
            """
    )

    @Argument(help: ArgumentHelp("The daemon's log: debug, filter, connection, security ...", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("Read this log file, without a daemon.", valueName: "file"))
    var file: String?

    @Flag(help: "Read only the named file, not the rotated ones beside it.")
    var single = false

    @Flag(name: [.short, .long], help: "Go on with new lines as they are written, through rotation.")
    var follow = false

    @Option(
        name: [.customShort("n"), .long], help: ArgumentHelp("Only the last N lines that are selected.", valueName: "n")
    )
    var lines: Int?

    @Option(help: ArgumentHelp("Only lines that the regular expression (PCRE2) meets.", valueName: "regex"))
    var grep: String?

    @Flag(name: [.customShort("i"), .long], help: "Upper and lower case are the same to --grep.")
    var ignoreCase = false

    @Option(help: ArgumentHelp("Only lines whose packet meets the expression.", valueName: "expression"))
    var match: String?

    @Option(
        help: ArgumentHelp(
            "Only lines of this kind: packet, drop, filter, connection, gap ...; may be given more than once.",
            valueName: "kind"))
    var kind: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only lines from TIME on: 2024-05-01, 2024-05-01T12:00:00Z, 12:30, 90m ago as 90m.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Only lines before TIME.", valueName: "time"))
    var until: String?

    @Flag(help: "One JSON object a line: its record where the index has one.")
    var json = false

    @Flag(help: "The lines' times, and those typed here, are in UTC.")
    var utc = false

    @Option(help: ArgumentHelp("Groups, users and services for --match: a settings file (YAML).", valueName: "file"))
    var settings: String?

    @OptionGroup var daemon: DaemonOptions

    /// Lines that are shown where nothing says how many.
    static let defaultLines = 100
    static let defaultFollowedLines = 10

    /// Whether the last lines are wanted, not all.
    var isTail: Bool {
        lines != nil || follow
            || grep == nil && match == nil && kind.isEmpty && since == nil && until == nil
    }

    func validate() throws {
        guard (name == nil) != (file == nil) else {
            throw ValidationError("name one log: gatelog log debug, or gatelog log --file FILE")
        }
        if let lines, !(1...1_000_000 ~= lines) {
            throw ValidationError("-n takes a number of lines from 1 to 1000000")
        }
        if ignoreCase, grep == nil { throw ValidationError("-i says how --grep compares; add --grep REGEX") }
        if single, file == nil { throw ValidationError("--single goes with --file") }
        if settings != nil, file == nil {
            throw ValidationError("--settings goes with --file; the daemon has its own")
        }
        if let lines, follow, lines > LogQuery.largestLimit {
            throw ValidationError("-f begins with at most \(LogQuery.largestLimit) lines")
        }
    }

    func run() throws {
        if let file { return try FileLogPlan(self, path: file).run() }
        try runWithDaemon()
    }

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        guard let name else { preconditionFailure("validate() lets no command pass without a log") }
        try await DaemonLogPlan(self, name: name).ask(client)
    }
}
