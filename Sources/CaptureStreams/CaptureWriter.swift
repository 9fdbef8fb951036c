public import CaptureFiles
public import PacketDecoding
import Primitives
import SystemCalls

/// Writes packets to a capture file, or to standard output.
///
/// A file appears under its name when `finish` has succeeded; before that nothing stands there, and what stood
/// there before is untouched. So a capture may also be written over one that is being read.
///
/// A pcapng keeps everything: interfaces with their names, directions, nanoseconds, comments, drop counts. A plain
/// pcap has one link type and times; it counts nanoseconds where an interface known at its first packet does, else
/// microseconds.
public struct CaptureWriter: ~Copyable {
    /// What can be written.
    public enum Format: Sendable, Hashable {
        case pcapng, pcap
        /// An ipl log in the layout of release 5.1.
        case ipl

        /// The format that a file of that name should have: pcap for .pcap, .cap and .dmp, an ipl log for .ipl, else
        /// pcapng.
        public init(forPath path: String) {
            let name = path.split(separator: "/").last ?? ""
            let suffix = name.split(separator: ".").dropFirst().last?.lowercased()
            switch suffix {
            case "pcap", "cap", "dmp": self = .pcap
            case "ipl": self = .ipl
            default: self = .pcapng
            }
        }
    }

    /// Bytes that are gathered before they are written.
    private static let writeLength = 64 << 10

    /// Packets written so far.
    public private(set) var count = 0
    private var buffer: ByteBuffer
    private var file: OutputFile
    private var pcapng: PcapngWriter?
    private var pcap: PcapWriter?
    private var records: PacketRecordWriter?
    private let description: CaptureDescription
    private var interfaces: [CaptureInterface]

    /// Opens `path` ("-" is standard output) for a capture of `format`, or of the one that its name tells.
    public init(
        path: String, format: Format? = nil, description: CaptureDescription = CaptureDescription()
    ) throws(CaptureStreamError) {
        let opened: OutputFile
        do {
            opened = try OutputFile(path)
        } catch {
            throw CaptureStreamError(path: path == "-" ? "standard output" : path, reason: .system(error))
        }
        file = opened
        buffer = ByteBuffer(capacity: 2 * Self.writeLength)
        self.description = description
        interfaces = []
        pcap = nil
        pcapng = nil
        records = nil
        let format = format ?? Format(forPath: path)
        if format == .ipl { records = PacketRecordWriter(snapLength: description.snapLength) }
        if format == .pcapng { pcapng = PcapngWriter(description, into: &buffer) }
    }

    /// What is written.
    public var format: Format { records != nil ? .ipl : pcapng == nil ? .pcap : .pcapng }

    /// Frames that an ipl log cannot hold, as they are no packets of IP: they were left out.
    public private(set) var framesLeftOut = 0

    /// Packets whose time had nanoseconds that the file, a pcap begun with microseconds, could not keep.
    public var timesCut: Int { pcap?.timesCut ?? 0 }

    /// Makes an interface of the run known; call it before the first packet of that interface.
    public mutating func add(_ interface: CaptureInterface) {
        pcapng?.add(interface, into: &buffer)
        records?.add(interface)
        interfaces.append(interface)
    }

    /// Writes a packet. `bytes` are those that were captured, `comments` are dropped by a plain pcap.
    public mutating func write(
        _ frame: Frame, _ bytes: RawSpan, comments: [String] = []
    ) throws(CaptureStreamError) {
        if records != nil {
            if !records!.append(frame, bytes, into: &buffer) { framesLeftOut += 1 }
        } else if pcapng != nil {
            pcapng!.append(frame, bytes, comments: comments, into: &buffer)
        } else {
            try writePlain(frame, bytes)
        }
        count += 1
        if buffer.count >= Self.writeLength { try flush() }
    }

    /// Writes blocks that `CaptureReader.takeKeptBlocks` gave; a plain pcap drops them.
    public mutating func append(blocks: [UInt8]) throws(CaptureStreamError) {
        guard !blocks.isEmpty else { return }
        pcapng?.append(blocks: blocks, into: &buffer)
        if buffer.count >= Self.writeLength { try flush() }
    }

    /// Writes what is gathered, so that the reader of a pipe sees it.
    public mutating func flush() throws(CaptureStreamError) {
        do {
            try file.write(buffer.bytes)
        } catch {
            throw CaptureStreamError(path: file.path, reason: .system(error))
        }
        buffer.removeAll()
    }

    /// Ends the capture and gives the file its name. `interfaces`, as the readers know them at the end, have the
    /// drop counts. Nothing may be written afterwards.
    public mutating func finish(_ interfaces: [CaptureInterface] = []) throws(CaptureStreamError) {
        if pcapng == nil, pcap == nil, records == nil {
            // A pcap without a packet has a link type all the same.
            beginPlain(self.interfaces.first?.linkType ?? .ethernet)
        }
        pcapng?.finish(interfaces.isEmpty ? self.interfaces : interfaces, into: &buffer)
        try flush()
        do {
            try file.finish()
        } catch {
            throw CaptureStreamError(path: file.path, reason: .system(error))
        }
    }

    private mutating func writePlain(_ frame: Frame, _ bytes: RawSpan) throws(CaptureStreamError) {
        if pcap == nil { beginPlain(frame.linkType) }
        guard pcap!.linkType == frame.linkType else {
            throw CaptureStreamError(
                path: file.path, reason: .linkTypesDiffer(pcap!.linkType.rawValue, frame.linkType.rawValue))
        }
        pcap!.append(frame, bytes, into: &buffer)
    }

    private mutating func beginPlain(_ linkType: LinkType) {
        let isNano = interfaces.contains { $0.timeResolution > 6 }
        pcap = PcapWriter(
            linkType: linkType, snapLength: description.snapLength, isNano: isNano, into: &buffer)
    }
}
