import CaptureFiles
import CaptureStreams
import PacketDecoding

/// `--write`: the packets as a new capture, with what the old ones told beside them.
struct CaptureSink: PacketSink, ~Copyable {
    // The packet is written as it was read; nobody asks what is in it.
    static var readsLayers: Bool { false }

    private var writer: CaptureWriter
    /// The interfaces of all captures, with their drop counts once the capture was read.
    private var interfaces: [CaptureInterface] = []
    private let keepsBlocks: Bool

    /// Opens `path`; `description` says which expression chose the packets.
    init(_ path: String, _ description: CaptureDescription) throws {
        do {
            writer = try CaptureWriter(path: path, description: description)
        } catch {
            throw ToolFailure("\(error)")
        }
        keepsBlocks = writer.format == .pcapng
    }

    /// Packets whose nanoseconds did not fit the file.
    var timesCut: Int { writer.timesCut }

    /// Frames that an ipl log cannot hold.
    var framesLeftOut: Int { writer.framesLeftOut }

    /// What stands before the packets goes before them: a reader needs names and secrets by then.
    mutating func begin(_ reader: inout CaptureReader) throws { try copyBlocks(of: &reader) }

    mutating func add(_ interface: CaptureInterface) { writer.add(interface) }

    @inline(__always)
    mutating func take(_ frame: Frame, _ reader: borrowing CaptureReader, _ pipeline: borrowing PacketPipeline) throws {
        try write(frame, reader)
    }

    private mutating func write(_ frame: Frame, _ reader: borrowing CaptureReader) throws {
        do {
            try writer.write(frame, reader.bytes, comments: keepsBlocks ? reader.packetComments : [])
        } catch {
            throw ToolFailure("\(error)")
        }
    }

    /// A live capture is passed on as it comes: whoever reads the pipe behind sees each packet.
    mutating func flush() throws {
        do {
            try writer.flush()
        } catch {
            throw ToolFailure("\(error)")
        }
    }

    mutating func end(_ reader: inout CaptureReader) throws {
        interfaces += reader.interfaces
        try copyBlocks(of: &reader)
    }

    private mutating func copyBlocks(of reader: inout CaptureReader) throws {
        do {
            try writer.append(blocks: reader.takeKeptBlocks())
        } catch {
            throw ToolFailure("\(error)")
        }
    }

    mutating func finish() throws {
        do {
            try writer.finish(interfaces)
        } catch {
            throw ToolFailure("\(error)")
        }
    }
}
