import ArgumentParser
import Records

/// What was typed behind `gatelog inspect`; `InspectPlan` makes of it what is meant.
struct InspectCommand: ParsableCommand, ColoredCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Print the Security log of captures: forged sources, FTP attacks, known intruders.",
        discussion: """
            Reads pcap and pcapng, also compressed, in the order of their first packets; - is standard input. \
            Conversations are put together from their segments and fragments.

            Examples:
              gatelog inspect trace.pcapng
              gatelog inspect trace.pcap --trusted LAN=10.0.0.0/8,192.168.0.0/16 --interface-name LAN
              gatelog inspect trace.pcapng --blacklist spamhaus=drop.txt --json
              gatelog inspect trace.pcapng --stats

            Exit status: 0 something was found, 1 nothing was, 2 an error.
            """
    )

    @Argument(help: ArgumentHelp("The captures.", valueName: "file"))
    var files: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            The networks behind an interface: other sources are forged there, and these are forged elsewhere. May be \
            given for each interface.
            """, valueName: "interface=prefix,..."))
    var trusted: [String] = []

    @Option(
        help: ArgumentHelp(
            "A list of known intruders, in any form that is published; may be given many times.",
            valueName: "name=file"))
    var blacklist: [String] = []

    @Option(
        help: ArgumentHelp(
            "Ports of FTP servers, or any: FTP is recognised wherever it is spoken.", valueName: "port,..."))
    var ftpPorts: String = "21"

    @Flag(help: "Say on standard error what was put together and what was not.")
    var stats = false

    @Flag(help: "One JSON object an event.")
    var json = false

    @Option(help: ArgumentHelp("The dialect of the lines: control or winroute.", valueName: "dialect"), transform: word)
    var dialect: LogDialect?

    @Flag(help: "Times in UTC instead of local time.")
    var utc = false

    @Flag(help: "Times with milliseconds.")
    var milliseconds = false

    @OptionGroup var names: NameOptions

    @OptionGroup var look: LookOptions

    func validate() throws {
        if files.isEmpty { throw ValidationError("name a capture to inspect, or - for standard input") }
    }

    func run() throws {
        let outcome = try InspectPlan(self).run()
        if outcome.damagedFiles > 0 { throw ToolStatus(code: GatelogTool.ExitStatus.failure) }
        if outcome.events == 0 { throw ToolStatus(code: GatelogTool.ExitStatus.nothing) }
    }
}
