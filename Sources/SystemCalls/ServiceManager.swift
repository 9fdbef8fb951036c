import CLinux

/// Who started this process as a service and wants to hear how it fares (sd_notify(3)): systemd, or whoever else sets
/// NOTIFY_SOCKET. Each message is a datagram of its own; telling needs no library and no open socket in between.
public struct ServiceManager: Hashable, Sendable {
    /// What a service says of itself.
    public enum State: Hashable, Sendable {
        /// Everything is there: who waits for the start, or for the settings to be read again, may go on.
        case ready
        /// The settings are being read again; `ready` ends it.
        case reloading
        /// The end has begun.
        case stopping
        /// A line for people (`systemctl status`).
        case status(String)
        /// The service lives; said often enough, it is not killed.
        case alive

        fileprivate var text: String {
            switch self {
            case .ready: "READY=1"
            // The time lets the manager tell this reload's end from that of an earlier one.
            case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(Clocks.monotonic / 1000)"
            case .stopping: "STOPPING=1"
            case .status(let line): "STATUS=" + String(line.map { $0.isNewline ? " " : $0 })
            case .alive: "WATCHDOG=1"
            }
        }
    }

    /// The socket: a path, or a name behind an `@`.
    public let socket: String
    /// Nanoseconds between signs of life after which the manager kills the service; nil where it does not watch.
    public let watchdog: Int64?

    /// The manager of this process; nil where nobody set NOTIFY_SOCKET.
    public static var current: ServiceManager? {
        ServiceManager { Environment.value(of: $0) }
    }

    /// What `variable` tells of the environment; nil without NOTIFY_SOCKET. A watchdog that is meant for another process
    /// (WATCHDOG_PID) is none.
    public init?(_ variable: (String) -> String?, processID: Int32 = Processes.current) {
        guard let socket = variable("NOTIFY_SOCKET"), !socket.isEmpty else { return nil }
        self.socket = socket
        let isOurs = variable("WATCHDOG_PID").map { Int32($0) == processID } ?? true
        let microseconds = variable("WATCHDOG_USEC").flatMap { Int64($0) } ?? 0
        watchdog = isOurs && microseconds > 0 && microseconds < .max / 1000 ? microseconds * 1000 : nil
    }

    /// Tells the manager. Throws where nobody is at the other end; a service goes on all the same.
    public func tell(_ states: State...) throws(SystemCallError) {
        let socket = try Socket(domain: AF_UNIX, type: Int32(SOCK_DGRAM.rawValue))
        try socket.connect(toLocal: self.socket)
        let text = Array(states.map(\.text).joined(separator: "\n").utf8)
        _ = unsafe try socket.send(text.span.bytes)
    }
}
