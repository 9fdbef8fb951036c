/// What the Security log tells of.
public enum SecurityEvent: Hashable, Sendable {
    /// Starts, stops and crashes of the engine.
    case engine(EngineEvent)
    /// Somebody who was not let in.
    case authentication(AuthenticationFailure)

    /// The line without its time.
    public func text(_ dialect: LogDialect) -> String {
        switch self {
        case .engine(let event): event.text(dialect)
        case .authentication(let failure): failure.text(dialect)
        }
    }

    /// The members of the record beside time and kind.
    public var fields: RecordFields {
        switch self {
        case .engine(let event): event.fields
        case .authentication(let failure): failure.fields
        }
    }
}
