/// What the engine says of itself in the Security log.
public enum EngineEvent: Hashable, Sendable {
    case startup
    case shutdown
    /// The run before this one ended without a shutdown; `startedAt` as a line writes times, where it is known.
    case crashed(startedAt: String?, processID: Int32)

    /// The line without its time: "Engine: Startup", with a full stop in WinRoute's dialect.
    public func text(_ dialect: LogDialect) -> String {
        let stop = dialect == .winroute ? "." : ""
        switch self {
        case .startup: return "Engine: Startup" + stop
        case .shutdown: return "Engine: Shutdown" + stop
        case .crashed(let startedAt, let processID):
            let when = startedAt.map { " begun \($0)" } ?? ""
            return "Engine: The run\(when) (process \(processID)) ended without a shutdown" + stop
        }
    }
}

/// A change that somebody made, as the Config log has it.
public struct ConfigurationChange: Hashable, Sendable {
    public var who: String
    /// An address, or the socket and the process behind it.
    public var from: String
    /// A setting's key, or what was done: "dump office".
    public var path: String
    /// nil where there was, or is, nothing.
    public var old: String?
    public var new: String?

    public init(who: String, from: String, path: String, old: String?, new: String?) {
        self.who = who
        self.from = from
        self.path = path
        self.old = old
        self.new = new
    }

    /// `jane (unix socket, pid 4711) changed logs.debug.keep: 30 -> 60`; what is absent is `(none)`.
    public var text: String {
        "\(who) (\(from)) changed \(path): \(old ?? "(none)") -> \(new ?? "(none)")"
    }
}
