/// A part of what can be asked of the daemon. Every route of the API names the one that it needs; a role is a set of
/// them, and a token has those that it was made with.
public enum ControlScope: String, Codable, Hashable, Sendable, CaseIterable {
    /// What the daemon does, its interfaces, address lists and metrics; what expressions mean.
    case statusRead = "status:read"
    /// Lines of all logs.
    case logsRead = "logs:read"
    /// Clear Log.
    case logsClear = "logs:clear"
    /// Packet logging on, off, and which packets.
    case packetLogChange = "packet-log:change"
    /// Which dumps there are.
    case dumpsRead = "dumps:read"
    /// Dumps begun, stopped and removed.
    case dumpsChange = "dumps:change"
    /// The packets of a dump, with all that is in them.
    case dumpsDownload = "dumps:download"
    /// The settings that hold, and their history.
    case settingsRead = "settings:read"
    case settingsChange = "settings:change"
    /// Who is logged in at which address.
    case usersRead = "users:read"
    /// Log-ins and log-outs of users at addresses.
    case usersChange = "users:change"
    /// Local users, tokens and sessions of the daemon itself; never a password or a token's value.
    case accountsRead = "accounts:read"
    case accountsChange = "accounts:change"

    /// Whether it changes nothing.
    public var isReading: Bool { rawValue.hasSuffix(":read") || self == .dumpsDownload }
}

/// What a local user may, in one word.
public enum ControlRole: String, Codable, Hashable, Sendable, CaseIterable {
    /// Everything.
    case administrator
    /// Look at everything, and change nothing.
    case auditor
    /// Packet logging, dumps, logs, and who is logged in where; the settings to look at, and no accounts.
    case `operator`

    public var scopes: Set<ControlScope> {
        switch self {
        case .administrator: Set(ControlScope.allCases)
        case .auditor: Set(ControlScope.allCases.filter(\.isReading))
        case .operator:
            [
                .statusRead, .logsRead, .packetLogChange, .dumpsRead, .dumpsChange, .dumpsDownload, .settingsRead,
                .usersRead, .usersChange,
            ]
        }
    }
}

/// Somebody whom the daemon knows, and what he may.
public struct ControlCaller: Hashable, Sendable {
    /// How he showed who he is.
    public enum Proof: Hashable, Sendable {
        /// The kernel says which user's process it is.
        case peer
        /// A session of a local user, by its number.
        case session(UInt64)
        /// A token, by its name.
        case token(String)
    }

    public var actor: ControlActor
    public var scopes: Set<ControlScope>
    public var proof: Proof
    /// Whether it is believed from which address its own clients come: the process of the page.
    public var isDoor: Bool

    public init(actor: ControlActor, scopes: Set<ControlScope>, proof: Proof = .peer, isDoor: Bool = false) {
        self.actor = actor
        self.scopes = scopes
        self.proof = proof
        self.isDoor = isDoor
    }
}
