/// How many conversations are known at a time, and for how long. Times are nanoseconds of packet time.
public struct FlowLimits: Hashable, Sendable {
    /// - Limit: conversations that are followed |  | opening and closing ones make room, else the new one is refused; both are counted
    public var flows = 262_144
    /// Silence after which a conversation of a stage is forgotten: TCP.
    /// - Limit: silence of a TCP conversation that is opening | ns | forgotten
    public var tcpOpening: Int64 = 30_000_000_000
    /// - Limit: silence of an established TCP conversation | ns | forgotten
    public var tcpEstablished: Int64 = 3_600_000_000_000
    public var tcpClosing: Int64 = 10_000_000_000
    /// The same for all other protocols, where only one side has spoken, and where both have.
    public var otherOpening: Int64 = 30_000_000_000
    public var otherEstablished: Int64 = 180_000_000_000
    public var streams = StreamLimits()

    public init() {}

    func timeout(_ stage: Flow.Stage, isTCP: Bool) -> Int64 {
        switch stage {
        case .opening: isTCP ? tcpOpening : otherOpening
        case .established: isTCP ? tcpEstablished : otherEstablished
        case .closing: tcpClosing
        }
    }
}

/// What happened to conversations, since the beginning.
public struct FlowCounters: Hashable, Sendable {
    public var begun: UInt64 = 0
    /// Forgotten after their silence.
    public var timedOut: UInt64 = 0
    /// Opening or closing ones that made room for others.
    public var evicted: UInt64 = 0
    /// Packets of conversations for which there was no room: they are not inspected.
    public var refused: UInt64 = 0
    /// SYN segments with another beginning in a conversation that goes on.
    public var straySYNs: UInt64 = 0

    public init() {}
}
