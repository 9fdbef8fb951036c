import CaptureFiles
import CaptureStreams
import Expressions
import Inspection
import Inspectors
import PacketDecoding
import Primitives
import Records

/// `gatelog inspect`: hands each packet to the inspector and prints what it finds.
struct InspectSink: PacketSink, ~Copyable {
    private var inspector: PacketInspector
    private var renderer: SecurityEventRenderer
    private var plan: InspectionPlan
    private let trusted: [TrustedNetworks]
    private let surroundings: Surroundings
    private let console: Console
    private var text = ByteBuffer(capacity: 64 << 10)
    private var packets = 0
    /// The names of the captures' interfaces by their number in this run.
    private var interfaces: [String?] = []
    /// What was printed.
    private(set) var events = 0

    init(
        _ inspector: consuming PacketInspector, _ renderer: consuming SecurityEventRenderer, _ plan: InspectionPlan,
        _ trusted: [TrustedNetworks], _ surroundings: Surroundings, _ console: Console
    ) {
        self.inspector = inspector
        self.renderer = renderer
        self.plan = plan
        self.trusted = trusted
        self.surroundings = surroundings
        self.console = console
    }

    var counters: InspectionCounters { inspector.counters }

    /// Where senders are is said by names, and packets tell numbers: a new interface makes a new check.
    mutating func add(_ interface: CaptureInterface) {
        interfaces.append(surroundings.interface(interface)?.displayName)
        guard !trusted.isEmpty else { return }
        let routes = trusted.flatMap { networks in
            let numbers = interfaces.indices.filter { interfaces[$0] == networks.interface }.map { UInt32($0) }
            return networks.networks.map { network in
                SourceRoute(
                    network.range, prefixLength: network.length, interfaces: numbers,
                    text: "\(network.text) behind \(networks.interface)")
            }
        }
        plan.sources = SourceCheck(SourceRoutes(routes))
        inspector.adopt(plan)
    }

    @inline(__always)
    mutating func take(_ frame: Frame, _ reader: borrowing CaptureReader, _ pipeline: borrowing PacketPipeline) throws {
        inspector.take(frame, reader.bytes, pipeline.tables)
        packets &+= 1
        if !inspector.hasEvents, packets & 0x3FF != 0 { return }
        try endBatch()
    }

    mutating func flush() throws {
        try endBatch()
        try write()
    }

    mutating func finish() throws {
        try flush()
        for networks in trusted where !interfaces.contains(networks.interface) {
            let named = interfaces.compactMap(\.self).map { "\"\($0.escaped)\"" }
            let known =
                named.isEmpty ? "no names; say one with --interface-name" : named.joined(separator: ", ")
            console.warn(
                "--trusted \(networks.interface.escaped): no packet is of that interface; the captures have \(known)")
        }
    }

    private mutating func endBatch() throws {
        if packets & 0x3FF == 0 { inspector.endBatch() }
        for found in inspector.events {
            renderer.append(found.event, at: found.time, to: &text)
            events += 1
        }
        inspector.told()
        if text.count > 32 << 10 || console.outputIsTerminal { try write() }
    }

    private mutating func write() throws {
        inspector.endBatch()
        guard text.count > 0 else { return }
        try console.write(text.bytes)
        text.removeAll()
    }
}
