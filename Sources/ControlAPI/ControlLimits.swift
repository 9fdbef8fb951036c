/// What clients can make grow, and how far.
public struct ControlLimits: Sendable {
    /// Connections that are open at once; further ones wait to be accepted.
    /// - Limit: connections of clients |  | they wait
    public var connections = 256
    /// Live streams and downloads at once; further ones are refused (`too_many`).
    /// - Limit: live streams and downloads |  | refused (`too_many`)
    public var streams = 64
    /// Bytes of a request's body.
    /// - Limit: the body of a request | bytes | refused
    public var bodyBytes = 1 << 20
    /// Bytes of a request's headers, all together.
    /// - Limit: the headers of a request | bytes | refused
    public var headerBytes = 32 << 10
    /// Until a request has arrived and its answer has begun.
    public var answerTime = Duration.seconds(30)
    /// Until a connection without a request is closed.
    public var idleTime = Duration.seconds(75)
    /// How long a follower may leave what was sent to it unread before it is let go.
    public var patience = Duration.seconds(30)
    /// Between two signs of life of a stream that has nothing to say.
    public var heartbeat = Duration.seconds(15)
    /// How long requests that are being answered may take when the server stops.
    public var farewell = Duration.seconds(2)

    public init() {}
}
