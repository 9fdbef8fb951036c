import CaptureFiles
import CaptureStreams
import PacketDecoding
import PacketStages
import Primitives
import Records

/// Takes the packets that matched. `begin` and `end` stand around each capture's packets; `finish` is called once,
/// when all were read.
protocol PacketSink: ~Copyable {
    /// Whether `take` does anything at all.
    static var takesPackets: Bool { get }

    /// Whether `take` looks at the pipeline's layers.
    static var readsLayers: Bool { get }

    mutating func begin(_ reader: inout CaptureReader) throws

    /// An interface that the capture has named; its packets come later.
    mutating func add(_ interface: CaptureInterface)

    /// A packet that matched: the one that `reader` read last, as `pipeline` decoded it.
    mutating func take(_ frame: Frame, _ reader: borrowing CaptureReader, _ pipeline: borrowing PacketPipeline) throws

    /// Shows what was taken so far: the next packet may be long in coming.
    mutating func flush() throws

    mutating func end(_ reader: inout CaptureReader) throws

    mutating func finish() throws
}

extension PacketSink where Self: ~Copyable {
    static var takesPackets: Bool { true }

    static var readsLayers: Bool { true }

    mutating func begin(_ reader: inout CaptureReader) {}

    mutating func add(_ interface: CaptureInterface) {}

    mutating func flush() {}

    mutating func end(_ reader: inout CaptureReader) {}

    mutating func finish() {}
}

/// `--count` and `explain --test`: the loop counts for itself.
struct CountingSink: PacketSink, ~Copyable {
    static var takesPackets: Bool { false }

    static var readsLayers: Bool { false }

    @inline(__always)
    mutating func take(_ frame: Frame, _ reader: borrowing CaptureReader, _ pipeline: borrowing PacketPipeline) {}
}

/// `--summary`.
struct SummarySink: PacketSink, ~Copyable {
    private(set) var summary = TrafficSummary()

    mutating func take(_ frame: Frame, _ reader: borrowing CaptureReader, _ pipeline: borrowing PacketPipeline) {
        summary.add(frame, pipeline.layers, reader.bytes)
    }
}

/// What makes text of a record: a line or an object.
protocol RecordRenderer: ~Copyable {
    mutating func render(
        _ record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames, into buffer: inout ByteBuffer)
}

extension PacketLineRenderer: RecordRenderer {
    @inline(__always)
    mutating func render(
        _ record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames, into buffer: inout ByteBuffer
    ) {
        append(record, bytes, names, to: &buffer)
    }
}

extension PacketJSONRenderer: RecordRenderer {
    @inline(__always)
    mutating func render(
        _ record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames, into buffer: inout ByteBuffer
    ) {
        append(record, bytes, names, to: &buffer)
    }
}

/// Log lines, or JSON with an object a line, on standard output.
struct TextSink<Renderer: RecordRenderer & ~Copyable>: PacketSink, ~Copyable {
    private var renderer: Renderer
    private var batch: OutputBatch

    init(_ renderer: consuming Renderer, _ console: Console) {
        self.renderer = renderer
        batch = OutputBatch(console)
    }

    @inline(__always)
    mutating func take(_ frame: Frame, _ reader: borrowing CaptureReader, _ pipeline: borrowing PacketPipeline) throws {
        let bytes = reader.bytes
        renderer.render(pipeline.tables.record(of: frame, bytes), bytes, pipeline.tables.names, into: &batch.buffer)
        try batch.writeIfFull()
    }

    mutating func flush() throws { try batch.write() }

    mutating func finish() throws { try batch.write() }
}

/// Bytes that go to standard output in batches; one by one where a person looks on.
struct OutputBatch: ~Copyable {
    /// Bytes that are gathered before they are written.
    private static let size = 128 << 10

    var buffer = ByteBuffer(capacity: size + 16_384)
    private let console: Console
    private let patience: Int

    init(_ console: Console) {
        self.console = console
        patience = console.outputIsTerminal ? 1 : Self.size
    }

    @inline(__always)
    mutating func writeIfFull() throws {
        if buffer.count >= patience { try write() }
    }

    mutating func write() throws {
        guard buffer.count > 0 else { return }
        try console.write(buffer.bytes)
        buffer.removeAll()
    }
}
