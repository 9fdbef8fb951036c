import CaptureFiles
import CaptureStreams
import Expressions
import PacketDecoding
import Primitives

/// Walks captures one after another and hands the packets that match to a sink.
struct ReadLoop: ~Copyable {
    private(set) var pipeline: PacketPipeline
    private var window: TimeWindow
    private let limit: Int
    private let console: Console
    /// Packets that were read, whether they matched or not.
    private(set) var packets = 0
    private(set) var matched = 0
    /// Captures that could not be read to their end.
    private(set) var damagedFiles = 0
    /// The next interface's number; those of each file follow those of the last.
    private var nextInterface: UInt16 = 0
    private var knownInterfaces = 0

    init(
        _ pipeline: consuming PacketPipeline, window: TimeWindow, limit: Int?, _ console: Console
    ) {
        self.pipeline = pipeline
        self.window = window
        self.limit = limit ?? .max
        self.console = console
    }

    var isDone: Bool { matched >= limit }

    /// The number that the next capture's first interface gets.
    var firstInterface: InterfaceID { InterfaceID(rawValue: nextInterface) }

    /// Reads a capture to its end, or until the limit is reached.
    mutating func run<Sink: PacketSink & ~Copyable>(
        _ reader: inout CaptureReader, into sink: inout Sink
    ) throws {
        knownInterfaces = 0
        learnInterfaces(of: reader, &sink)
        var progress = Progress(console, total: reader.totalBytes.map(Int.init))
        defer { progress?.clear() }
        var nextLook = packets + Self.lookEvery
        var patience = 0
        let mayWait = reader.totalBytes == nil
        while matched < limit {
            if passesOver, patience > 0 || packets & 0xFFF == 0 {
                patience = passOver(&reader, counts: !Sink.takesPackets && limit == .max) > 0 ? 64 : patience - 1
            }
            if mayWait, reader.isDrained { try sink.flush() }
            guard var frame = try next(&reader) else { break }
            packets += 1
            if Int(frame.interface.rawValue) - Int(nextInterface) >= knownInterfaces {
                learnInterfaces(of: reader, &sink)
            }
            if packets >= nextLook {
                nextLook = packets + Self.lookEvery
                progress?.show(bytes: Int(reader.bytesRead), packets: packets)
            }
            if !window.isOpen, !window.contains(frame.time) { continue }
            if pipeline.matches(&frame, reader.bytes, decodesMatches: Sink.readsLayers) {
                matched += 1
                try sink.take(frame, reader, pipeline)
            }
        }
        nextInterface += UInt16(clamping: reader.interfaces.count)
    }

    /// Packets can be refused without making frames of them: nothing but the program decides. Where most match this
    /// would be done in vain, so it is tried again only now and then after some packets of which none was refused.
    private var passesOver: Bool { window.isOpen && pipeline.plain != nil }

    /// Passes over the plain packets at hand that do not match; with `counts`, those that do are counted on the way.
    /// Returns how many it passed over.
    @inline(never)
    private mutating func passOver(_ reader: inout CaptureReader, counts: Bool) -> Int {
        guard let matcher = pipeline.plain else { return 0 }
        var found = 0
        let passed = reader.passOver { bytes, originalLength in
            guard let packet = PlainPacket(ethernet: bytes, originalLength: originalLength) else { return false }
            guard matcher.matches(packet) else { return true }
            found += counts ? 1 : 0
            return counts
        }
        packets += passed
        matched += found
        return passed
    }

    /// Packets between two looks at the clock.
    private static let lookEvery = 1 << 16

    @inline(__always)
    private func next(_ reader: inout CaptureReader) throws -> Frame? {
        do {
            return try reader.next()
        } catch {
            throw ToolFailure("\(error)")
        }
    }

    @inline(never)
    private mutating func learnInterfaces<Sink: PacketSink & ~Copyable>(
        of reader: borrowing CaptureReader, _ sink: inout Sink
    ) {
        let all = reader.interfaces
        for index in knownInterfaces..<all.count {
            let id = InterfaceID(rawValue: nextInterface &+ UInt16(clamping: index))
            pipeline.learn(all[index], as: id)
            sink.add(all[index])
        }
        knownInterfaces = all.count
    }
}
