/// Which way bytes of a conversation go.
public enum StreamDirection: UInt8, Hashable, Sendable {
    /// From who began it.
    case toServer
    case toClient

    @inlinable public var opposite: StreamDirection { self == .toServer ? .toClient : .toServer }
}

/// Something that a segment made known of a stream. A plain value: its bytes are borrowed from the packet or from the
/// reassembler (`FlowTracker.bytes(of:in:)`) until the next packet is taken.
public struct StreamEvent: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable {
        /// The next bytes of the stream.
        case data
        /// Bytes that will not come: the receiver has them and the watcher has not, or they waited beyond a limit.
        case gap
        /// A byte that was there came again with another value. A watcher cannot know which of both the receiver
        /// takes; the first was handed on.
        case conflict
        /// The sender has said all (FIN), and all of it was handed on.
        case finished
        /// The conversation was torn down (RST).
        case reset
    }

    enum Place: Hashable, Sendable {
        /// Nothing to read.
        case none
        /// The offset in the packet's bytes.
        case packet(Int32)
        /// A block of the store, and the offset in it.
        case block(Int32, Int32)
    }

    public var kind: Kind
    public var direction: StreamDirection
    /// Bytes of the stream before this; the first byte after SYN is 0.
    public var offset: UInt64
    /// Bytes, known or missing.
    public var length: Int
    var place: Place = .none
}
