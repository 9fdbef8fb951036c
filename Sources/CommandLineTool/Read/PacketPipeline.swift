import CaptureFiles
import Expressions
import PacketDecoding
import PacketStages
import Primitives
import Records

/// One packet's way from its bytes to the program's answer.
struct PacketPipeline: ~Copyable {
    private(set) var program: Program
    private(set) var tables: PacketTables
    private let surroundings: Surroundings
    /// Answers for plain packets without decoding them; nil where the program or a look-up needs more.
    let plain: PlainMatcher?

    /// A pipeline for `program`, whose names `surroundings` knows; `seed` is new for each run.
    init(_ program: consuming Program, _ surroundings: Surroundings, shows: PacketTables.Needs, seed: UInt64) {
        let needs = shows.union(PacketTables.Needs(program.demands))
        let lookups = surroundings.lookups
        tables = PacketTables(needs, lookups, seed: seed)
        plain = tables.looksUp ? nil : program.plainMatcher
        self.surroundings = surroundings
        self.program = program
        lookups.users?.teach(&self.program)
        tables.teach(&self.program)
    }

    var layers: Layers { tables.layers }

    /// Tells the program and the lines of an interface that a capture named.
    mutating func learn(_ interface: CaptureInterface, as id: InterfaceID) {
        guard let interface = surroundings.interface(interface) else { return }
        tables.learn(interface, as: id)
        tellNews()
    }

    /// Says whether the program is met. Where it is, `layers` and `facts` are those of the frame, unless nobody
    /// reads them (`decodesMatches`).
    @inline(__always)
    mutating func matches(_ frame: inout Frame, _ bytes: RawSpan, decodesMatches: Bool) -> Bool {
        if let plain, let packet = PlainPacket(bytes, of: frame) {
            guard plain.matches(packet) else { return false }
            if decodesMatches { tables.readPlain(frame, bytes) }
            return true
        }
        return matchesDecoded(&frame, bytes)
    }

    @inline(never)
    private mutating func matchesDecoded(_ frame: inout Frame, _ bytes: RawSpan) -> Bool {
        tables.read(&frame, bytes)
        if tables.hasNews { tellNews() }
        return program.matches(frame, tables.layers, bytes, tables.facts)
    }

    @inline(never)
    private mutating func tellNews() {
        tables.tell(&program)
        tables.newsTold()
    }
}
