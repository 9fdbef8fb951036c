public import PacketDecoding
public import Primitives

/// What the reassembly of IP datagrams may take. Times are nanoseconds of packet time.
public struct DatagramLimits: Hashable, Sendable {
    /// Datagrams that wait for fragments at a time. Beyond: the one that waits longest is given up.
    /// - Limit: datagrams that wait for fragments |  | the oldest are given up, and counted
    public var datagrams = 4096
    /// Bytes of all of them.
    /// - Limit: bytes of fragments | bytes | datagrams are given up, and counted
    public var memory = 16 << 20
    /// Pieces of one datagram that do not follow each other. Beyond: it is given up.
    /// - Limit: pieces of a datagram |  | it is given up, and counted
    public var pieces: Int32 = 128
    /// How long a datagram waits: as long as Linux does.
    /// - Limit: a datagram waits for its fragments | ns | given up, and counted
    public var lifetime: Int64 = 30_000_000_000

    public init() {}
}

/// What happened to fragments, since the beginning.
public struct DatagramCounters: Hashable, Sendable {
    public var fragments: UInt64 = 0
    public var whole: UInt64 = 0
    /// Fragments whose lengths are wrong, or that the capture cut.
    public var refused: UInt64 = 0
    /// Datagrams with a byte that came twice with different values.
    public var conflicts: UInt64 = 0
    /// IPv6 datagrams that were given up since fragments overlap (RFC 5722).
    public var overlaps: UInt64 = 0
    public var timedOut: UInt64 = 0
    public var evicted: UInt64 = 0
    /// Datagrams that were given up since they had too many pieces, or all memory was taken.
    public var limitHits: UInt64 = 0

    public init() {}
}

/// Puts the fragments of IP datagrams back together. The first copy of a byte wins; IPv6 datagrams whose fragments
/// overlap are given up, as every receiver does.
///
/// A whole datagram is an IP packet without a link header, to be decoded anew. Owned by one worker; bounded and seeded.
public struct DatagramReassembler: ~Copyable {
    public enum Outcome: UInt8, Hashable, Sendable {
        /// Others have to come.
        case waiting
        /// `datagram` is whole.
        case whole
        /// The same, and a byte of it came twice with different values.
        case wholeWithConflict
        /// It was not taken, or its datagram was given up.
        case refused
    }

    private struct Datagram {
        var began: Timestamp
        var header = ByteRuns()
        var headerLength = 0
        var nextHeaderPlace = 0
        var nextHeader: UInt8 = 0
        var data = ByteRuns()
        var received = 0
        /// Bytes of the data, once the last fragment came.
        var length: Int?
        var hasConflict = false
        /// Nothing more is taken of it until it has timed out.
        var isGivenUp = false
    }

    public private(set) var counters = DatagramCounters()
    private var slots: KeyedSlots
    private var datagrams: [Datagram] = []
    private var store: RunStore
    private var whole = ByteBuffer(capacity: 2048)
    private let limits: DatagramLimits
    private var now = Timestamp(nanoseconds: .min)

    /// `seed` is secret and new for each run.
    public init(_ limits: DatagramLimits = DatagramLimits(), seed: UInt64) {
        self.limits = limits
        slots = KeyedSlots(limit: limits.datagrams, lists: 1, seed: seed)
        store = RunStore(limit: limits.memory)
    }

    /// The IP packet that the last fragment made whole.
    public var datagram: RawSpan {
        @_lifetime(borrow self)
        get { whole.bytes }
    }

    /// Datagrams that wait.
    public var count: Int { slots.count }

    /// Takes a packet with `.fragment`.
    public mutating func take(_ layers: Layers, _ bytes: RawSpan, at time: Timestamp) -> Outcome {
        counters.fragments += 1
        now = max(now, time)
        expire()
        guard let fragment = Fragment(layers, bytes),
            fragment.header.count + fragment.offset + fragment.data.count <= 65_535 + (layers.isIPv6 ? 40 : 0)
        else {
            counters.refused += 1
            return .refused
        }
        let index = place(of: fragment)
        guard !datagrams[index].isGivenUp else {
            counters.refused += 1
            return .refused
        }
        guard isWithin(fragment, index), add(fragment, bytes, to: index, isIPv6: layers.isIPv6) else {
            giveUp(index)
            return .refused
        }
        guard let length = datagrams[index].length, datagrams[index].received == length,
            datagrams[index].headerLength > 0
        else { return .waiting }
        return finish(index, length, isIPv6: layers.isIPv6)
    }

    private mutating func place(of fragment: Fragment) -> Int {
        let found = slots.find(fragment.key)
        if found >= 0 { return Int(found) }
        if !slots.hasRoom {
            counters.evicted += 1
            remove(slots.oldest(of: 0))
        }
        let index = Int(slots.add(fragment.key, to: 0))
        let datagram = Datagram(began: now)
        if index < datagrams.count { datagrams[index] = datagram } else { datagrams.append(datagram) }
        return index
    }

    /// The last fragment says where the datagram ends, and the first to say so is believed.
    private mutating func isWithin(_ fragment: Fragment, _ index: Int) -> Bool {
        let end = fragment.offset + fragment.data.count
        if let length = datagrams[index].length { return end <= length && (fragment.hasMore || end == length) }
        guard !fragment.hasMore else { return true }
        if datagrams[index].data.last >= 0, store.end(of: datagrams[index].data.last) > UInt64(end) { return false }
        datagrams[index].length = end
        return true
    }

    /// False where the datagram has to be given up.
    private mutating func add(_ fragment: Fragment, _ bytes: RawSpan, to index: Int, isIPv6: Bool) -> Bool {
        let data = bytes.extracting(fragment.data)
        let insertion = store.insert(
            data, at: UInt64(fragment.offset), into: &datagrams[index].data, blockLimit: limits.pieces)
        datagrams[index].received += insertion.added
        if insertion.conflict != nil, !datagrams[index].hasConflict {
            datagrams[index].hasConflict = true
            counters.conflicts += 1
        }
        if insertion.isRefused {
            counters.limitHits += 1
            return false
        }
        // A fragment that came twice as it is does no harm (RFC 8200 section 4.5).
        let isCopy = insertion.added == 0 && insertion.conflict == nil
        if isIPv6, insertion.added < data.byteCount, !isCopy {
            counters.overlaps += 1
            return false
        }
        guard fragment.offset == 0, datagrams[index].headerLength == 0 else { return true }
        let header = store.insert(
            bytes.extracting(fragment.header), at: 0, into: &datagrams[index].header, blockLimit: 64)
        datagrams[index].headerLength = fragment.header.count
        datagrams[index].nextHeaderPlace = fragment.nextHeaderPlace
        datagrams[index].nextHeader = fragment.nextHeader
        if header.isRefused { counters.limitHits += 1 }
        return !header.isRefused
    }

    private mutating func finish(_ index: Int, _ length: Int, isIPv6: Bool) -> Outcome {
        whole.removeAll()
        store.append(datagrams[index].header, to: &whole)
        store.append(datagrams[index].data, to: &whole)
        let size = whole.count
        if isIPv6 {
            whole.overwriteLittle(datagrams[index].nextHeader, at: datagrams[index].nextHeaderPlace)
            whole.overwriteLittle(UInt16(truncatingIfNeeded: size - 40).bigEndian, at: 4)
        } else {
            whole.overwriteLittle(UInt16(truncatingIfNeeded: size).bigEndian, at: 2)
            whole.overwriteLittle(UInt16(0), at: 6)
        }
        counters.whole += 1
        let outcome: Outcome = datagrams[index].hasConflict ? .wholeWithConflict : .whole
        remove(Int32(index))
        return outcome
    }

    /// Keeps the place, so that what follows of it is refused too.
    private mutating func giveUp(_ index: Int) {
        store.releaseAll(of: &datagrams[index].data)
        store.releaseAll(of: &datagrams[index].header)
        datagrams[index].isGivenUp = true
    }

    private mutating func remove(_ index: Int32) {
        store.releaseAll(of: &datagrams[Int(index)].data)
        store.releaseAll(of: &datagrams[Int(index)].header)
        slots.remove(index)
    }

    private mutating func expire() {
        while case let index = slots.oldest(of: 0), index >= 0 {
            let (age, overflow) = now.nanoseconds.subtractingReportingOverflow(datagrams[Int(index)].began.nanoseconds)
            guard overflow || age > limits.lifetime else { return }
            if !datagrams[Int(index)].isGivenUp { counters.timedOut += 1 }
            remove(index)
        }
    }
}

extension Layers {
    fileprivate var isIPv6: Bool { present.contains(.ipv6) }
}
