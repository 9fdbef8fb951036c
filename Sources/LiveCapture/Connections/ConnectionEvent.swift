public import Records

/// What happened to a connection.
public struct ConnectionEvent: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable {
        /// Its first packet passed.
        case new
        /// It changed: a state of TCP, the first answer, a mark.
        case updated
        /// It is over: the kernel forgot it, by its end or by a timeout.
        case destroyed
    }

    public var kind: Kind
    public var record: ConnectionRecord
}
