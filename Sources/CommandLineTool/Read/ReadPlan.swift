import CaptureFiles
import Expressions
import PacketStages
import Primitives
import Records
import Settings
import SystemCalls

/// What `gatelog read` was asked to do, made of what was typed: names known, times read, the expression compiled.
struct ReadPlan {
    private let command: ReadCommand
    private let console: Console
    private let files: [String]
    private let surroundings: Surroundings
    private let expression: Expression
    private let zone: ZoneTable
    private let window: TimeWindow

    init(_ command: ReadCommand) throws {
        self.command = command
        console = Console.current
        let (text, files) = try Self.expressionAndFiles(command)
        self.files = files
        surroundings = try Surroundings(command.names, captures: files)
        expression = try ExpressionInput(text, surroundings, console).expression
        let zone = command.utc || surroundings.logs?.utc.value == true ? ZoneTable.utc : .local
        self.zone = zone
        window = TimeWindow(
            from: try command.from.map { try TimePoint(parsing: $0, zone: zone, option: "--from") },
            to: try command.to.map { try TimePoint(parsing: $0, zone: zone, option: "--to") }, zone: zone)
    }

    /// The first argument is the expression, unless it is the only one and names a file: then every IP packet is
    /// meant. (So it is too where the first of several names a file and is no expression: `gatelog read *.pcap`.)
    private static func expressionAndFiles(_ command: ReadCommand) throws -> (String, [String]) {
        let arguments = command.arguments
        if let path = command.expressionFile { return (try ExpressionInput.text(ofFile: path), arguments) }
        let first = arguments[0]
        let isFile = first == "-" || ((try? Paths.status(first)) ?? nil) != nil
        if arguments.count == 1 {
            guard isFile else {
                throw ToolFailure(
                    """
                    there is no file "\(first.escaped)"; name the captures behind the expression \
                    (gatelog read EXPRESSION FILE...)
                    """)
            }
            return ("any", arguments)
        }
        if isFile, (try? Expression(parsing: first)) == nil { return ("any", arguments) }
        return (first, Array(arguments.dropFirst()))
    }

    /// Reads all captures and does with the packets that match what was asked for. Returns what came of it.
    func run() throws -> CapturePass.Outcome {
        if let path = command.write { return try write(to: path) }
        if command.count { return try count() }
        if command.summary { return try summarise() }
        return command.json ? try printObjects() : try printLines()
    }
}

// MARK: What is done with the packets

extension ReadPlan {
    private func pass<Sink: PacketSink & ~Copyable>(
        into sink: inout Sink, shows: PacketTables.Needs = [], keepsBlocks: Bool = false
    ) throws -> CapturePass.Outcome {
        let pass = CapturePass(
            surroundings, console, shows: shows, window: window, limit: command.limit, keepsBlocks: keepsBlocks)
        return try pass.run(files, expression.tree, into: &sink)
    }

    private func count() throws -> CapturePass.Outcome {
        var sink = CountingSink()
        let outcome = try pass(into: &sink)
        try console.say("\(outcome.matched)\n")
        return outcome
    }

    private func summarise() throws -> CapturePass.Outcome {
        var sink = SummarySink()
        let outcome = try pass(into: &sink)
        let summary = sink.summary
        try console.say(command.json ? summary.json : summary.table(LocalTime.spelling(zone, of: summary)))
        return outcome
    }

    private func printLines() throws -> CapturePass.Outcome {
        let logs = surroundings.logs
        let dialect = command.dialect ?? (logs?.dialect.value == .winroute ? .winroute : .control)
        let showsMilliseconds = command.milliseconds || logs?.milliseconds.value == true
        let renderer = PacketLineRenderer(
            template: try template(), dialect: dialect,
            clock: LineClock(zone: zone, form: showsMilliseconds ? .bracketedMilliseconds : .bracketed))
        let shows = PacketTables.Needs(renderer.needs)
        var sink = TextSink(renderer, console)
        return try pass(into: &sink, shows: shows)
    }

    private func printObjects() throws -> CapturePass.Outcome {
        let renderer = PacketJSONRenderer(names: command.jsonNames, zone: zone)
        let shows = PacketTables.Needs(renderer.needs)
        var sink = TextSink(renderer, console)
        return try pass(into: &sink, shows: shows)
    }

    private func write(to path: String) throws -> CapturePass.Outcome {
        if path == "-", console.outputIsTerminal {
            throw ToolFailure("a capture is nothing to look at; send it to a file or a program: -w trace.pcapng")
        }
        let description = CaptureDescription(
            application: "gatelog \(GatelogTool.version)", comments: [expression.canonical],
            snapLength: command.snapLength ?? 0)
        var sink = try CaptureSink(path, description)
        let outcome = try pass(into: &sink, keepsBlocks: true)
        if sink.framesLeftOut > 0 {
            console.warn(
                """
                \(HumanNumbers.grouped(sink.framesLeftOut)) frames are no packets of IP and are not in the ipl log; \
                write .pcapng to keep them
                """)
        }
        if sink.timesCut > 0 {
            console.warn(
                """
                the times of \(HumanNumbers.grouped(sink.timesCut)) packets lost their nanoseconds, which this pcap \
                cannot hold; write .pcapng to keep them
                """)
        }
        return outcome
    }

    private func template() throws -> PacketTemplate? {
        guard let text = command.template ?? surroundings.logs?.template.value else { return nil }
        do {
            return try PacketTemplate(parsing: text)
        } catch {
            throw ToolFailure("the template cannot be used\n\(error)")
        }
    }
}
