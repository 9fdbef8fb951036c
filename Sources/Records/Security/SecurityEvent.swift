/// What the Security log tells of.
public enum SecurityEvent: Hashable, Sendable {
    /// Starts, stops and crashes of the engine.
    case engine(EngineEvent)
    /// Somebody who was not let in.
    case authentication(AuthenticationFailure)
    case spoofing(SpoofedPacket)
    case ftp(FTPAttack)
    case intrusion(IntrusionAlert)

    /// The line without its time.
    public func text(_ dialect: LogDialect) -> String {
        switch self {
        case .engine(let event): event.text(dialect)
        case .authentication(let failure): failure.text(dialect)
        case .spoofing(let packet): packet.text
        case .ftp(let attack): attack.text
        case .intrusion(let alert): alert.text
        }
    }

    /// The members of the record beside time and kind.
    public var fields: RecordFields {
        switch self {
        case .engine(let event): event.fields
        case .authentication(let failure): failure.fields
        case .spoofing(let packet): packet.fields
        case .ftp(let attack): attack.fields
        case .intrusion(let alert): alert.fields
        }
    }
}
