/// Memory that datagrams are received into. One owner; never shared.
@safe
public struct NetlinkBuffer: ~Copyable, @unchecked Sendable {
    @usableFromInline let base: UnsafeMutableRawPointer
    /// Bytes that fit. A longer datagram is cut off, and counted by who receives it.
    public let capacity: Int
    /// Bytes that it holds.
    public internal(set) var count = 0

    /// Room for datagrams of `capacity` bytes. What the kernel sends in one piece is 128 KiB at most for batches of log
    /// records; a single record may hold a packet of 64 KiB and its attributes.
    public init(capacity: Int = 192 << 10) {
        self.capacity = max(capacity, 4096)
        unsafe base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit {
        unsafe base.deallocate()
    }

    /// What was received: one datagram, or several behind each other.
    @inlinable
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(base), byteCount: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Forgets what was received.
    public mutating func removeAll() { count = 0 }

    /// Makes `datagram` what it holds: what was received while something else was waited for.
    public mutating func replace(with datagram: [UInt8]) {
        count = min(datagram.count, capacity)
        let count = count
        unsafe datagram.withUnsafeBytes { source in
            if let start = source.baseAddress { unsafe base.copyMemory(from: start, byteCount: count) }
        }
    }
}
