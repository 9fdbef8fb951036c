public import Primitives

/// Records on their way into a queue: gathered by one owner without a lock, handed over at once.
///
/// Holds its memory; a steady state allocates nothing.
public struct RecordBatch: ~Copyable, Sendable {
    /// Records that a batch takes, and bytes after which it is full.
    public static let most = 512
    public static let fullAt = 64 << 10

    struct Entry {
        var end: Int
        /// Nil where the record can never be merged.
        var key: SuppressionKey?
    }

    var buffer: ByteBuffer
    private(set) var entries: [Entry] = []

    public init() {
        buffer = ByteBuffer(capacity: Self.fullAt + (64 << 10))
        entries.reserveCapacity(Self.most)
    }

    public var count: Int { entries.count }
    public var isEmpty: Bool { entries.isEmpty }

    /// Time to hand it over.
    public var isFull: Bool { entries.count >= Self.most || buffer.count >= Self.fullAt }

    /// Appends what `encode` writes as one record; nothing where it writes nothing.
    @inlinable
    public mutating func append(key: SuppressionKey?, _ encode: (inout ByteBuffer) -> Void) {
        begin(encode)
        end(key)
    }

    @usableFromInline
    mutating func begin(_ encode: (inout ByteBuffer) -> Void) { encode(&buffer) }

    @usableFromInline
    mutating func end(_ key: SuppressionKey?) {
        guard buffer.count > (entries.last?.end ?? 0) else { return }
        entries.append(Entry(end: buffer.count, key: key))
    }

    /// Forgets the records and keeps the memory.
    public mutating func removeAll() {
        buffer.removeAll()
        entries.removeAll(keepingCapacity: true)
    }

    /// All records, one behind the other.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get { buffer.bytes }
    }
}
