import ArgumentParser
import Records

/// What was typed behind `gatelog read`; `ReadPlan` makes of it what is meant.
struct ReadCommand: ParsableCommand, ColoredCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Print, write, count or summarise the packets of captures that match an expression.",
        usage: "gatelog read [<expression>] <file> ... [<options>]",
        discussion: """
            Reads pcap, pcapng and ipl logs, also compressed (.gz, .zst); - is standard input. With a file alone, \
            every IP packet matches.

            Examples:
              gatelog read 'port = 80 & tcpfl = SYN' trace.pcapng
              gatelog read 'addr = 10.0.0.0/8 & !(port = 53)' trace.pcap.zst --summary
              gatelog read 'host = "*.example.com"' trace.pcapng -w example.pcapng
              tcpdump -i eth0 -w - -U | gatelog read 'tcpfl = RST' -
              gatelog read 'verdict = drop' firewall.ipl -w dropped.ipl

            Exit status: 0 something matched, 1 nothing matched, 2 an error.
            """
    )

    @Argument(help: ArgumentHelp("The expression, then the captures.", valueName: "expression file"))
    var arguments: [String] = []

    @Option(
        name: [.customShort("F"), .customLong("expression-file")],
        help: ArgumentHelp(
            "Read the expression from FILE, for one that is too long to type; every argument is a capture.",
            valueName: "file"))
    var expressionFile: String?

    @Option(
        name: [.short, .customLong("write")],
        help: ArgumentHelp(
            "Write the packets to FILE instead: .pcapng, .pcap, or .ipl for ipmon; - is standard output (pcapng).",
            valueName: "file"))
    var write: String?

    @Flag(help: "Print one number: how many packets match.")
    var count = false

    @Flag(help: "Print a table: protocols, talkers, ports, and how they spread over time.")
    var summary = false

    @Flag(help: "One JSON object a packet (with --summary: one object).")
    var json = false

    @Option(
        help: ArgumentHelp("The names of the JSON fields: gatelog, ecs or eve.", valueName: "names"), transform: word)
    var jsonNames: JSONNames = .gatelog

    @Option(help: ArgumentHelp("The line's template, such as '%SRC% -> %DST% %PAYLOAD%'.", valueName: "template"))
    var template: String?

    @Option(help: ArgumentHelp("The dialect of the lines: control or winroute.", valueName: "dialect"), transform: word)
    var dialect: LogDialect?

    @Flag(help: "Times in UTC instead of local time.")
    var utc = false

    @Flag(help: "Times with milliseconds.")
    var milliseconds = false

    @Option(
        help: ArgumentHelp(
            "Only packets from TIME on: 2024-05-01, 2024-05-01T12:00:00Z, 12:30:05.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("Only packets before TIME.", valueName: "time"))
    var to: String?

    @Option(help: ArgumentHelp("Stop after N packets that match.", valueName: "n"))
    var limit: Int?

    @Option(help: ArgumentHelp("Write at most N bytes of each packet (with -w).", valueName: "n"))
    var snapLength: Int?

    @OptionGroup var names: NameOptions

    @OptionGroup var look: LookOptions

    func validate() throws {
        if arguments.isEmpty {
            throw ValidationError("name a capture to read, or - for standard input: gatelog read EXPRESSION FILE...")
        }
        try exclude([write != nil ? "--write" : nil, count ? "--count" : nil, summary ? "--summary" : nil])
        try exclude([write != nil ? "--write" : nil, json ? "--json" : nil])
        try exclude([template != nil ? "--template" : nil, json ? "--json" : nil])
        if jsonNames != .gatelog, !json {
            throw ValidationError("--json-names names the fields that --json prints; add --json")
        }
        if let limit, limit < 1 { throw ValidationError("--limit takes a number of packets from 1 on") }
        if let snapLength, !(1...262_144 ~= snapLength) {
            throw ValidationError("--snap-length takes a number of bytes from 1 to 262144")
        }
        if snapLength != nil, write == nil {
            throw ValidationError("--snap-length cuts what --write writes; add -w FILE")
        }
        if let write { try Self.checkForm(of: write) }
    }

    /// Refuses more than one of these; nil is one that was not typed.
    private func exclude(_ options: [String?]) throws {
        let typed = options.compactMap { $0 }
        guard typed.count > 1 else { return }
        throw ValidationError("\(typed.joined(separator: " and ")) exclude each other; choose one")
    }

    /// Refuses a name that promises a form which would not be written.
    private static func checkForm(of path: String) throws {
        let name = path.lowercased()
        for suffix in [".gz", ".zst"] where name.hasSuffix(suffix) {
            throw ValidationError("--write does not compress; leave \(suffix) away and compress the file afterwards")
        }
    }

    func run() throws {
        let outcome = try ReadPlan(self).run()
        if outcome.damagedFiles > 0 { throw ToolStatus(code: GatelogTool.ExitStatus.failure) }
        if outcome.matched == 0 { throw ToolStatus(code: GatelogTool.ExitStatus.nothing) }
    }
}

/// One of a fixed set of words.
func word<Words: RawRepresentable & CaseIterable>(_ text: String) throws -> Words
where Words.RawValue == String {
    if let value = Words(rawValue: text) { return value }
    let words = Words.allCases.map(\.rawValue).joined(separator: ", ")
    throw ValidationError("\"\(text.escaped)\" is not one of \(words)")
}

/// Where names come from; the same for every command that reads an expression.
struct NameOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Groups, users, interface names and services: a settings file (YAML).", valueName: "file"))
    var settings: String?

    @Option(
        help: ArgumentHelp(
            "What a capture without interface names was taken on, such as Internet.", valueName: "name"))
    var interfaceName: String?

    @Option(
        help: ArgumentHelp(
            "A MaxMind database (.mmdb) for country or asn; may be given twice.", valueName: "file"))
    var geo: [String] = []
}

/// A command that --color speaks to.
protocol ColoredCommand {
    var look: LookOptions { get }
}

/// How the terminal is used.
struct LookOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Colours: auto, always or never (NO_COLOR is honoured).", valueName: "when"))
    var color: ColorChoice = .auto
}

enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
}
