public import Expressions
import PacketDecoding
public import Primitives
public import Records

/// Gathers what the index says of one chunk of log lines while these are written: call `append` once for each line,
/// in the order of the lines, and `finish` when the chunk is full. What comes out goes through an `IndexSealer`
/// on its way into `NAME.rec` and `NAME.idx` (see BlockFormat.swift).
///
/// Belongs to the worker that renders the lines. In the steady state nothing is allocated; a line costs about 10 ns,
/// a packet of a flow that the block has 20, of a new one 60. A block has any number of lines; some thousand
/// (256 KiB of text) are what searches like best. One that has a single line is well, at a price in bytes.
public struct IndexBlockBuilder: ~Copyable {
    /// Lines appended since the last `finish`.
    public private(set) var count = 0
    /// Bytes of these lines, their ends included.
    public private(set) var lineBytes = 0

    var entries = ByteBuffer(capacity: 160 << 10)
    var shapes = ByteBuffer(capacity: 160 << 10)
    var shapeCount: UInt32 = 0
    var known: KnownShapes
    var names: BlockNames

    private var firstTime: Int64 = 0
    private var lastTime: Int64 = 0
    private var earliest = Int64.max
    private var latest = Int64.min
    private var kinds: UInt32 = 0
    private var flagSets: UInt64 = 0
    private var leastLength = UInt32.max
    private var greatestLength: UInt32 = 0
    private var leastPayload = UInt32.max
    private var greatestPayload: UInt32 = 0
    private let seed: UInt64
    private var namesVersion = 0
    private var blocks: UInt64 = 0

    /// A builder whose tables are as good as random for who does not know `seed`: new for each run.
    public init(seed: UInt64) {
        self.seed = seed
        known = KnownShapes(seed: seed)
        names = BlockNames(seed: seed)
    }

    /// Notes a line that tells of a packet. `record`, `bytes` and `names` are what the line was made of;
    /// `lineLength` is in bytes, the line's end included.
    public mutating func append(
        _ record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames, kind: RecordKind, lineLength: Int
    ) {
        append(record, bytes, names, PacketHosts(of: record), kind, lineLength)
    }

    /// As the other, but with all names of both addresses, of which the record holds only one: so that an
    /// expression about hosts selects from the index what it selected as it happened.
    public mutating func append(
        _ record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames, facts: PacketFacts,
        kind: RecordKind, lineLength: Int
    ) {
        append(
            record, bytes, names,
            PacketHosts(source: facts.sourceHosts, destination: facts.destinationHosts), kind, lineLength)
    }

    /// Notes a line without a packet: the engine's events, gaps, and lines read back of which no more is known.
    public mutating func append(kind: RecordKind, time: Timestamp, lineLength: Int) {
        let line = UInt32(clamping: lineLength)
        let delta = begin(kind, time.nanoseconds, line)
        if line <= 0xFFFF, let delta = UInt32(exactly: delta) {
            entries.appendLittle(
                UInt64(kind.rawValue) | UInt64(line) << 8 | UInt64(delta) << 24)
        } else {
            entries.append(kind.rawValue | EntryHead.wide)
            entries.appendLittle(line)
            entries.appendLittle(delta)
            entries.append(0)
        }
    }

    /// Appends the block of all lines since the last time and begins a new one. Appends nothing where there are none.
    /// The block does not know yet where it and its lines stand: that is the sealer's.
    public mutating func finish(into buffer: inout ByteBuffer) {
        guard count > 0 else { return }
        let length = BlockHeader.length + names.text.count + shapes.count + entries.count
        buffer.reserve(length)
        buffer.appendLittle(BlockHeader.magic)
        buffer.appendLittle(BlockHeader.version)
        buffer.appendLittle(UInt16(BlockHeader.length))
        buffer.appendLittle(UInt32(clamping: length))
        buffer.appendLittle(UInt32(clamping: count))
        buffer.appendLittle(UInt64(0))
        buffer.appendLittle(UInt64(0))
        buffer.appendLittle(UInt64(0))
        buffer.appendLittle(UInt32(clamping: lineBytes))
        buffer.appendLittle(shapeCount)
        buffer.appendLittle(firstTime)
        buffer.appendLittle(lastTime)
        buffer.appendLittle(earliest)
        buffer.appendLittle(latest)
        buffer.appendLittle(UInt32(clamping: names.text.count))
        buffer.appendLittle(UInt32(names.count))
        buffer.appendLittle(UInt32(clamping: shapes.count))
        buffer.appendLittle(kinds)
        buffer.appendLittle(flagSets)
        buffer.appendLittle(leastLength)
        buffer.appendLittle(greatestLength)
        buffer.appendLittle(leastPayload)
        buffer.appendLittle(greatestPayload)
        buffer.appendLittle(folded(seed ^ HashConstant.a, blocks &+ HashConstant.b))
        buffer.append(names.text.bytes)
        buffer.append(shapes.bytes)
        buffer.append(entries.bytes)
        blocks &+= 1
        removeAll()
    }

    /// Forgets the lines since the last `finish`: their chunk was lost.
    public mutating func removeAll() {
        count = 0
        lineBytes = 0
        entries.removeAll()
        shapes.removeAll()
        shapeCount = 0
        known.removeAll()
        names.removeAll()
        kinds = 0
        flagSets = 0
        earliest = .max
        latest = .min
        (leastLength, greatestLength) = (.max, 0)
        (leastPayload, greatestPayload) = (.max, 0)
    }
}

// MARK: Entries

extension IndexBlockBuilder {
    /// Counts a line and says how long after the one before it was.
    @inline(__always)
    mutating func begin(_ kind: RecordKind, _ time: Int64, _ line: UInt32) -> Int64 {
        if count == 0 {
            firstTime = time
            lastTime = time
        }
        // The reader adds as it wraps here, so that times at both ends of the range survive.
        let delta = time &- lastTime
        lastTime = time
        earliest = min(earliest, time)
        latest = max(latest, time)
        kinds |= 1 << UInt32(kind.rawValue)
        count += 1
        lineBytes += Int(line)
        return delta
    }

    @inline(__always)
    private mutating func append(
        _ record: borrowing PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames, _ hosts: PacketHosts,
        _ kind: RecordKind, _ lineLength: Int
    ) {
        let present = record.present
        let line = UInt32(clamping: lineLength)
        let delta = begin(kind, record.time.nanoseconds, line)
        noteVersion(of: names)
        let shape = shape(of: record, bytes, names, hosts)
        let length = record.length
        let payload = present.contains(.payload) ? record.payloadLength : 0
        leastLength = min(leastLength, length)
        greatestLength = max(greatestLength, length)
        if present.contains(.payload) {
            leastPayload = min(leastPayload, payload)
            greatestPayload = max(greatestPayload, payload)
        }
        let flags = present.contains(.tcpFlags) ? record.tcpFlags : 0
        let identification = present.contains(.ipv4) ? record.identification : 0
        let isNarrow = (line | shape | length | payload | identification) <= 0xFFFF
        entries.reserve(64)
        if isNarrow, let delta = UInt32(exactly: delta) {
            entries.appendLittle(
                UInt64(kind.rawValue | EntryHead.packet) | UInt64(line) << 8 | UInt64(delta) << 24
                    | UInt64(flags) << 56)
            entries.appendLittle(
                UInt64(shape) | UInt64(length) << 16 | UInt64(payload) << 32 | UInt64(identification) << 48)
        } else {
            entries.append(kind.rawValue | EntryHead.packet | EntryHead.wide)
            entries.appendLittle(line)
            entries.appendLittle(delta)
            entries.append(flags)
            entries.appendLittle(shape)
            entries.appendLittle(length)
            entries.appendLittle(payload)
            entries.appendLittle(identification)
        }
        if present.contains(.tcpFlags) {
            flagSets |= 1 << UInt64(flags & 63)
            entries.appendLittle(UInt64(record.tcpSequence) | UInt64(record.tcpAcknowledgement) << 32)
            entries.appendLittle(record.tcpWindow)
        }
        if record.hasEcho {
            entries.appendLittle(UInt32(record.icmpID) | UInt32(record.icmpSequence) << 16)
        }
        if present.contains(.fragment) {
            let offset = record.fragmentOffset << 1 | (record.fragmentMore ? 1 : 0)
            entries.appendLittle(UInt64(record.identification) | UInt64(offset) << 32)
        }
    }

    /// Where a name was given, what shapes say of interfaces and rules may be another's now.
    @inline(__always)
    mutating func noteVersion(of names: borrowing PacketNames) {
        let version = names.interfacesVersion &+ names.rules.version
        if version != namesVersion { forgetShapes(version) }
    }

    @inline(never)
    private mutating func forgetShapes(_ version: Int) {
        namesVersion = version
        known.removeAll()
        names.forgetNumbers()
    }
}
