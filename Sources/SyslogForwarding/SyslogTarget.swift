public import Primitives
public import Records
public import Settings

/// A receiver, and what it shall get.
public struct SyslogTarget: Sendable {
    /// One log for the receiver.
    public struct Log: Sendable {
        /// The path of the file that is written.
        public var path: String
        public var sender: SyslogSender
        /// Names of services by port, for records of connections.
        public var service: (@Sendable (UInt16) -> String?)?
        /// Lines written to it in this run.
        public var written: @Sendable () -> UInt64

        public init(
            path: String, sender: SyslogSender, service: (@Sendable (UInt16) -> String?)? = nil,
            written: @escaping @Sendable () -> UInt64
        ) {
            self.path = path
            self.sender = sender
            self.service = service
            self.written = written
        }
    }

    public var name: String
    public var isEnabled: Bool
    public var server: String
    public var port: Int
    public var transport: SyslogTransport
    public var tls: SyslogTLSFiles
    public var logs: [Log]
    /// Bytes of log files that may wait; nil is all that is kept.
    public var queue: Int64?
    /// The zone of the logs' times.
    public var zone: ZoneTable

    public init(
        name: String, isEnabled: Bool = true, server: String, port: Int, transport: SyslogTransport,
        tls: SyslogTLSFiles = SyslogTLSFiles(), logs: [Log], queue: Int64?, zone: ZoneTable
    ) {
        self.name = name
        self.isEnabled = isEnabled
        self.server = server
        self.port = port
        self.transport = transport
        self.tls = tls
        self.logs = logs
        self.queue = queue
        self.zone = zone
    }

    /// "tls logs.example.com:6514".
    public var address: String {
        "\(transport.rawValue) \(server.utf8.contains(UInt8(ascii: ":")) ? "[\(server)]" : server):\(port)"
    }

    /// Whether nothing differs that a running receiver would notice.
    func isSame(as other: SyslogTarget) -> Bool {
        name == other.name && isEnabled == other.isEnabled && server == other.server && port == other.port
            && transport == other.transport && tls == other.tls && queue == other.queue && zone == other.zone
            && logs.map(\.sender) == other.logs.map(\.sender) && logs.map(\.path) == other.logs.map(\.path)
    }
}

/// The files of TLS. They are read again with each connection, so that renewed certificates hold.
public struct SyslogTLSFiles: Hashable, Sendable {
    /// Who may have signed the receiver's certificate; nil is who the machine trusts.
    public var authorities: String?
    /// Our certificate with those between it and its authority, and its key; both or none.
    public var certificate: String?
    public var key: String?
    /// The name that the receiver's certificate must have; nil is the server's.
    public var serverName: String?

    public init(
        authorities: String? = nil, certificate: String? = nil, key: String? = nil, serverName: String? = nil
    ) {
        self.authorities = authorities
        self.certificate = certificate
        self.key = key
        self.serverName = serverName
    }
}

/// What became of a receiver's messages in this run.
public struct SyslogReceiverState: Hashable, Sendable {
    public enum Phase: Hashable, Sendable {
        case off, connecting, connected
        /// After a failure, until it is tried again.
        case pausing
    }

    public var name: String
    public var address: String
    public var phase = Phase.off
    /// Messages that the receiver has confirmed, and the bytes that were sent for them.
    public var sent: UInt64 = 0
    public var bytes: UInt64 = 0
    /// Messages that were cut, since they were too long.
    public var cut: UInt64 = 0
    /// Lines that were passed over: the queue was full, or they were removed before they were sent.
    public var lost: UInt64 = 0
    /// What is not confirmed yet: bytes of the logs, lines, and when the first of them was written.
    public var waitingBytes: UInt64 = 0
    public var waitingLines: UInt64 = 0
    public var oldest: Timestamp?
    /// Why it is not connected, or cannot read a log, and since when.
    public var problem: String?
    public var problemSince: Timestamp?
    /// Since when a connected receiver takes nothing though something waits.
    public var stalledSince: Timestamp?
    /// The last failure, though it is over.
    public var lastError: String?

    public init(name: String, address: String) {
        self.name = name
        self.address = address
    }
}

/// Why a receiver cannot be used, or a message did not get there.
public struct SyslogError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
