/// What the engine says of itself in the Security log.
public enum EngineEvent: Hashable, Sendable {
    case startup
    case shutdown
    /// The run before this one ended without a shutdown; `startedAt` as a line writes times, where it is known.
    case crashed(startedAt: String?, processID: Int32)

    /// The line without its time: "Engine: Startup", with a full stop in WinRoute's dialect.
    public func text(_ dialect: LogDialect) -> String {
        "Engine: \(message)" + (dialect == .winroute ? "." : "")
    }

    /// The members of the record beside time and kind.
    public var fields: RecordFields {
        var fields = RecordFields()
        fields.add("event", "engine")
        fields.add("message", message)
        return fields
    }

    private var message: String {
        switch self {
        case .startup: return "Startup"
        case .shutdown: return "Shutdown"
        case .crashed(let startedAt, let processID):
            let when = startedAt.map { " begun \($0)" } ?? ""
            return "The run\(when) (process \(processID)) ended without a shutdown"
        }
    }
}
