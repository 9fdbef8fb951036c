public import Primitives

/// A conversation: both directions are one. A plain value in the flow table.
public struct Flow: Sendable {
    /// How far a conversation is; each stage has a time-out of its own.
    public enum Stage: UInt8, Hashable, Sendable, CaseIterable {
        /// Only one side has spoken, or the handshake is not done: what a flood is made of.
        case opening
        case established
        /// TCP: both sides have said all, or it was torn down.
        case closing
    }

    /// What one side has sent.
    public struct Traffic: Hashable, BitwiseCopyable, Sendable {
        public var packets: UInt64 = 0
        /// Bytes of IP packets.
        public var bytes: UInt64 = 0
    }

    /// Unique in a run, in the order of their beginnings; the upper half is the run's.
    public internal(set) var id: UInt64
    public internal(set) var key: FlowKey
    public internal(set) var started: Timestamp
    /// When its last packet came, by the clock of the packets.
    public internal(set) var lastSeen: Timestamp
    public internal(set) var stage = Stage.opening
    /// Who began it is the key's upper endpoint.
    public internal(set) var clientIsUpper: Bool
    public internal(set) var toServer = Traffic()
    public internal(set) var toClient = Traffic()

    /// The caller's: users and names at its beginning, by the numbers of the run's tables; 0 is unknown.
    public var clientUser: UInt32 = 0
    public var serverUser: UInt32 = 0
    public var clientHost: UInt32 = 0
    public var serverHost: UInt32 = 0
    /// The caller's: what it keeps for this conversation; told back when the conversation ends. Negative is nothing.
    public var attachment: Int32 = -1

    var forward = StreamHalf()
    var backward = StreamHalf()

    init(_ key: FlowKey, id: UInt64, at time: Timestamp, clientIsUpper: Bool) {
        self.key = key
        self.id = id
        self.clientIsUpper = clientIsUpper
        started = time
        lastSeen = time
    }

    /// Who began it, or who seems to: where the beginning was not seen, the side with the higher port.
    public var client: FlowKey.Endpoint { clientIsUpper ? key.upper : key.lower }

    var isTCP: Bool { key.protocolNumber == 6 }

    public var server: FlowKey.Endpoint { clientIsUpper ? key.lower : key.upper }
}
