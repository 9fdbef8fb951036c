import CaptureStreams
import Expressions
import PacketDecoding
import PacketStages
import Records

/// One pass over captures with one expression: what `read` and `explain --test` do alike.
struct CapturePass {
    /// What came of it.
    struct Outcome {
        var packets = 0
        var matched = 0
        /// Captures that could not be read to their end; each damage was said.
        var damagedFiles = 0
    }

    private let surroundings: Surroundings
    private let console: Console
    private let shows: PacketTables.Needs
    private let window: TimeWindow
    private let limit: Int?
    private let keepsBlocks: Bool

    /// A pass in which the sink's records show the facts `shows`, over packets in `window`, until `limit` matched.
    /// With `keepsBlocks` blocks that are no packets are kept for a copy.
    init(
        _ surroundings: Surroundings, _ console: Console, shows: PacketTables.Needs = [],
        window: TimeWindow = TimeWindow(from: nil, to: nil, zone: .utc), limit: Int? = nil, keepsBlocks: Bool = false
    ) {
        self.surroundings = surroundings
        self.console = console
        self.shows = shows
        self.window = window
        self.limit = limit
        self.keepsBlocks = keepsBlocks
    }

    /// Reads `files` in their order; the sink is finished.
    func run<Sink: PacketSink & ~Copyable>(_ files: [String], _ tree: Tree?, into sink: inout Sink) throws -> Outcome {
        let program = Program(tree, directory: surroundings.directory)
        let pipeline = PacketPipeline(program, surroundings, shows: shows, seed: .random(in: 0 ... .max))
        var loop = ReadLoop(pipeline, window: window, limit: limit, console)
        var damaged = 0
        for file in files where !loop.isDone {
            var reader = try open(file, firstInterface: loop.firstInterface)
            try sink.begin(&reader)
            try loop.run(&reader, into: &sink)
            try sink.end(&reader)
            if reader.damageCount > 0 {
                damaged += 1
                report(reader, file)
            }
        }
        try sink.finish()
        return Outcome(packets: loop.packets, matched: loop.matched, damagedFiles: damaged)
    }

    private func open(_ file: String, firstInterface: InterfaceID) throws -> CaptureReader {
        do {
            return try CaptureReader(path: file, firstInterface: firstInterface, keepsBlocks: keepsBlocks)
        } catch {
            throw ToolFailure("\(error)")
        }
    }

    private func report(_ reader: borrowing CaptureReader, _ file: String) {
        let name = file == "-" ? "standard input" : file.escaped
        for damage in reader.damage { console.complain("\(name): \(damage)") }
        let more = reader.damageCount - reader.damage.count
        if more > 0 { console.complain("\(name): and \(HumanNumbers.grouped(more)) more places like these") }
    }
}
