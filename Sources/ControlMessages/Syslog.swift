/// A syslog receiver, and what became of the messages for it in this run.
public struct SyslogState: Codable, Hashable, Sendable {
    public var name: String
    /// "tls logs.example.com:6514".
    public var address: String
    /// "connected", "connecting", "off", or why it is not connected.
    public var state: String
    /// Messages that the receiver has, and their bytes.
    public var sent: UInt64 = 0
    public var bytes: UInt64 = 0
    /// What waits in the log files: bytes, lines, and when the oldest of them was written.
    public var waitingBytes: UInt64 = 0
    public var waitingLines: UInt64 = 0
    public var oldest: String?
    /// Lines that were passed over: the queue was full, or they were removed before they were sent.
    public var lost: UInt64 = 0
    /// Messages that were cut, since they were longer than its `size`.
    public var cut: UInt64 = 0
    /// The last failure, though it is over.
    public var lastError: String?

    public init(name: String, address: String, state: String) {
        self.name = name
        self.address = address
        self.state = state
    }

    enum CodingKeys: String, CodingKey {
        case name, address, state, sent, bytes, oldest, lost, cut
        case waitingBytes = "waiting_bytes"
        case waitingLines = "waiting_lines"
        case lastError = "last_error"
    }
}
