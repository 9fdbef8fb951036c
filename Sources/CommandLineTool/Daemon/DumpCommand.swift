import ArgumentParser
import ControlClient
import ControlMessages
import Settings

/// `gatelog dump`: packet dumps to files that Wireshark opens.
struct DumpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "Write the packets that match an expression to files that Wireshark opens.",
        discussion: """
            Examples:
              gatelog dump start office 'addr = 10.1.0.0/16' --max-size 100MB --max-time 10min
              gatelog dump list
              gatelog dump stop office
              gatelog dump download office -o office.pcapng
              gatelog dump remove office
            """,
        subcommands: [
            DumpStartCommand.self, DumpListCommand.self, DumpStopCommand.self, DumpDownloadCommand.self,
            DumpRemoveCommand.self,
        ]
    )
}

struct DumpStartCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Begin a dump.",
        usage: "gatelog dump start <name> <expression> [<options>]",
        discussion: """
            A dump runs until it is stopped or reaches a limit, and goes on when you log out. With --ring its size \
            is shared by N files, of which the oldest makes room for the newest: it runs until it is stopped.

            Examples:
              gatelog dump start dns 'port = 53' --max-packets 10000
              gatelog dump start office 'addr = 10.1.0.0/16' --max-size 1GB --ring 4
              gatelog dump start headers any --snap-length 128 --max-time 5min
            """
    )

    @Argument(help: ArgumentHelp("What to call it: letters, digits, -, _ and .", valueName: "name"))
    var name: String

    @Argument(help: ArgumentHelp("Which packets.", valueName: "expression"))
    var expression: String

    @Option(
        help: ArgumentHelp("End at this size: 500MB, 2GiB (with --ring: of all files).", valueName: "size"),
        transform: DumpStartCommand.size)
    var maxSize: UInt64?

    @Option(
        help: ArgumentHelp("End after this time: 30s, 10min, 2h.", valueName: "time"), transform: DumpStartCommand.time)
    var maxTime: UInt64?

    @Option(help: ArgumentHelp("End after N packets.", valueName: "n"))
    var maxPackets: UInt64?

    @Option(help: ArgumentHelp("Keep at most N bytes of each packet.", valueName: "n"))
    var snapLength: Int?

    @Option(help: ArgumentHelp("Keep the newest packets in N files of a ring (with --max-size).", valueName: "n"))
    var ring: Int?

    @Flag(help: "Replace a finished dump of this name; its files go.")
    var replace = false

    @Flag(help: "One JSON object.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if !DumpRequest.isName(name) {
            throw ValidationError(
                "\"\(name.escaped)\" cannot be a dump's name: letters, digits, -, _ and ., at most 64, no dot in front")
        }
        if ring != nil, maxSize == nil { throw ValidationError("--ring shares out --max-size; add --max-size SIZE") }
    }

    private static func size(_ text: String) throws -> UInt64 {
        guard let size = ByteSize(parsing: text), size.bytes > 0 else {
            throw ValidationError("\"\(text.escaped)\" is not a size; it takes 500MB, 2GiB, 100000")
        }
        return UInt64(size.bytes)
    }

    private static func time(_ text: String) throws -> UInt64 {
        guard let time = TimeSpan(parsing: text), time.seconds > 0 else {
            throw ValidationError("\"\(text.escaped)\" is not a time of a second or more; it takes 30s, 10min, 2h, 1d")
        }
        return UInt64(time.seconds)
    }

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        var request = DumpRequest(name: name, expression: expression)
        request.maxSize = maxSize
        request.maxSeconds = maxTime
        request.maxPackets = maxPackets
        request.snapLength = snapLength
        request.ring = ring
        request.replaces = replace
        let state = try await client.startDump(request)
        if json { return try console.say(json: state) }
        try console.say(
            """
            The dump \(state.name.escaped) is running. Stop it with: gatelog dump stop \(state.name.escaped)
            Fetch it with: gatelog dump download \(state.name.escaped)

            """)
    }
}

struct DumpListCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the dumps, running and finished.",
        discussion: "Exit status: 0, or 2 where no daemon answers.")

    @Flag(help: "One JSON object a dump.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let dumps = try await client.dumps()
        if json { return try console.say(jsonLines: dumps) }
        if dumps.isEmpty {
            return try console.say("There are no dumps. One begins with: gatelog dump start NAME EXPRESSION\n")
        }
        try console.say(
            DumpTable(dumps, times: DaemonTimes()) { text, color in console.paintOutput(text, color) }.text)
    }
}

struct DumpStopCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "End a dump; its files stay.")

    @Argument(help: "Which dump.")
    var name: String

    @Flag(help: "One JSON object.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let state = try await client.stopDump(name)
        if json { return try console.say(json: state) }
        let lost = state.lost > 0 ? ", \(StatusText.count(state.lost)) packets lost" : ""
        try console.say(
            """
            The dump \(state.name.escaped) has \(StatusText.count(state.packets)) packets, \
            \(StatusText.bytes(state.bytes))\(lost). Fetch it with: gatelog dump download \(state.name.escaped)

            """)
    }
}

struct DumpRemoveCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a dump and its files.")

    @Argument(help: "Which dump.")
    var name: String

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        try await client.removeDump(name)
        try console.say("The dump \(name.escaped) is gone.\n")
    }
}
