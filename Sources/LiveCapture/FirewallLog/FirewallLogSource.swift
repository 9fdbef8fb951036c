import Netlink
public import PacketDecoding
import Primitives
import SystemCalls

/// The firewall's log: packets that rules with `log group N` hand to this process (NFLOG, linux/netfilter/nfnetlink_log.h).
///
/// Several groups share one socket. The kernel gathers records into batches; `next` goes through one where the kernel
/// put it, so a record costs one walk over its attributes. Frames have the link type NFLOG, whose bytes are the
/// kernel's message without its header. What the kernel had to drop is known from the records' sequence numbers.
///
/// A record's time is the kernel's; packets that leave the machine carry none, and get the time of receipt, which is up
/// to the flush time later.
public struct FirewallLogSource: ~Copyable, PacketSource {
    /// How a log is opened.
    public struct Options: Hashable, Sendable {
        /// Groups, as in `log group 5`; at most `mostGroups`.
        public var groups: [UInt16]
        /// Bytes of a packet that are handed over at most; a rule's own `snaplen` may make it less.
        public var copyRange: Int = 256
        /// Bytes of the socket's buffer, as the kernel counts: what may wait while this process is busy.
        public var receiveBuffer: Int = 32 << 20
        /// Records that the kernel gathers before it hands them over.
        public var threshold: Int = 128
        /// Bytes that the kernel gathers at most; no more than 128 KiB.
        public var batchSize: Int = 128 << 10
        /// Hundredths of a second after which the kernel hands over what it has.
        public var flushTime: Int = 5

        public init(groups: [UInt16]) { self.groups = groups }
    }

    /// More groups than this are refused.
    /// - Limit: log groups of one source |  | an error
    public static let mostGroups = 64

    private struct Group {
        let number: UInt16
        var gaps = SequenceGaps()
    }

    private let socket: NetlinkSocket
    private var buffer: NetlinkBuffer
    private var messages = NetlinkMessages(count: 0)
    /// The record that `next` returned last.
    private var current = 0..<0
    private var received = Timestamp(nanoseconds: 0)
    private var groups: [Group]
    /// Where the last record's group stands in `groups`: most often the next one's too.
    private var groupIndex = 0
    /// Datagrams that came while the groups were being bound, oldest first.
    private var early: [[UInt8]]
    private var counted = SourceCounters()

    /// Interfaces whose index is beyond what an `InterfaceID` can say; their packets have none.
    public private(set) var unnumbered: UInt64 = 0

    /// How often the kernel began to number a group's records anew.
    public var restarts: UInt64 { groups.reduce(0) { $0 + $1.gaps.restarts } }

    /// How long one `nextBatch` waits.
    static let patience: Int32 = 200

    /// Opens the log and binds its groups, each of which one process can have. Needs CAP_NET_ADMIN.
    public init(_ options: Options) throws(SourceError) {
        var numbers: [UInt16] = []
        for group in options.groups where !numbers.contains(group) { numbers.append(group) }
        let opened = try FirewallLogSetup.open(options, groups: numbers)
        socket = opened.socket
        buffer = opened.buffer
        early = opened.early
        groups = numbers.map { Group(number: $0) }
    }

    public mutating func nextBatch() throws(SourceError) -> SourceBatch {
        if !early.isEmpty {
            buffer.replace(with: early.removeFirst())
            return begin()
        }
        do throws(NetlinkError) {
            if try receive() { return begin() }
            guard try socket.wait(milliseconds: FirewallLogSource.patience), try receive() else { return .idle }
            return begin()
        } catch {
            throw SourceError(doing: "reading the firewall's log", reason: "\(error)", isTemporary: true)
        }
    }

    private mutating func receive() throws(NetlinkError) -> Bool {
        switch try socket.receive(into: &buffer) {
        case .datagram: return true
        case .truncated, .stranger: counted.malformed += 1
        // Sequence numbers say how much it was.
        case .nothing, .overrun: break
        }
        return false
    }

    private mutating func begin() -> SourceBatch {
        messages = NetlinkMessages(count: buffer.bytes.byteCount)
        received = Clocks.wall
        return .packets
    }

    public mutating func next() -> Frame? {
        // The walk is a value of its own while the buffer's bytes are borrowed.
        var walk = messages
        defer { messages = walk }
        while let message = walk.next(in: buffer.bytes) {
            guard message.type == FirewallLogRecord.messageType else { continue }
            guard let record = FirewallLogRecord(buffer.bytes, message.payload), track(record) else {
                counted.malformed += 1
                continue
            }
            current = message.payload
            counted.packets += 1
            counted.bytes += UInt64(record.wireLength(buffer.bytes))
            return frame(record)
        }
        if walk.isDamaged {
            counted.malformed += 1
            walk = NetlinkMessages(count: 0)
        }
        return nil
    }

    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get { buffer.bytes.extracting(current) }
    }

    public mutating func counters() -> SourceCounters {
        counted.fill = socket.memory().fill
        return counted
    }

    /// Counts what is missing before the record; false where the record is of a group that is not ours.
    @inline(__always)
    private mutating func track(_ record: FirewallLogRecord) -> Bool {
        if groups[groupIndex].number != record.group {
            guard let index = groups.firstIndex(where: { $0.number == record.group }) else { return false }
            groupIndex = index
        }
        if let number = record.sequence { counted.dropped += groups[groupIndex].gaps.take(number) }
        return true
    }

    @inline(__always)
    private mutating func frame(_ record: FirewallLogRecord) -> Frame {
        var frame = Frame(
            time: record.time ?? received, capturedLength: current.count, originalLength: current.count,
            linkType: .nflog)
        frame.direction = record.direction
        frame.incoming = identifier(record.input)
        frame.outgoing = identifier(record.output)
        frame.interface =
            frame.direction == .outgoing && record.output != 0 || record.input == 0 ? frame.outgoing : frame.incoming
        return frame
    }

    @inline(__always)
    private mutating func identifier(_ index: UInt32) -> InterfaceID {
        if index == 0 { return .none }
        guard index < UInt32(InterfaceID.none.rawValue) else {
            unnumbered += 1
            return .none
        }
        return InterfaceID(rawValue: UInt16(truncatingIfNeeded: index))
    }
}
