import CaptureFiles
import IPLog
import PacketDecoding
import Primitives

/// Writes packets as records of an ipl log: headers, and up to 128 bytes of what is behind them. Times are cut to
/// microseconds.
struct PacketRecordWriter: ~Copyable {
    private var layers = Layers()
    private var names: [InterfaceID: IPLogName] = [:]
    private var sequence: UInt32 = 0
    private let snapLength: Int

    /// `snapLength` is the most that is kept of a frame; 0 is no limit.
    init(snapLength: Int) { self.snapLength = snapLength }

    mutating func add(_ interface: CaptureInterface) {
        if let name = interface.name { names[interface.id] = IPLogName(name.utf8) }
    }

    /// False for a frame without a packet of IP, which cannot be a record.
    mutating func append(_ frame: Frame, _ bytes: RawSpan, into buffer: inout ByteBuffer) -> Bool {
        layers.decode(bytes, of: frame)
        var told = frame
        if told.direction == .unknown, layers.present.contains(.linkDirection) {
            told.direction = layers.linkDirection
        }
        let kept = snapLength > 0 ? bytes.extracting(0..<min(snapLength, bytes.byteCount)) : bytes
        let name = names[frame.interface] ?? IPLogName()
        guard var packet = LoggedPacket(told, layers, kept, interface: name, logsBody: true) else {
            return false
        }
        if packet.record.bodyLength == 0 { packet.record.flags &= ~IPLogFlags.logBody }
        sequence &+= 1
        buffer.append(
            IPLogHeader(sequence: sequence, time: frame.time), packet.record, packet: kept.extracting(packet.bytes))
        return true
    }
}
