public import ControlMessages
public import Primitives

/// A local user: one who logs in with a password of ours.
public struct Account: Hashable, Sendable {
    /// Letters, digits and `. _ - @`; unique.
    public internal(set) var name: String
    /// What people call him; may be empty.
    public internal(set) var displayName: String
    public internal(set) var role: ControlRole
    public internal(set) var isEnabled: Bool
    public internal(set) var password: PasswordHash
    public let createdAt: Timestamp
    public internal(set) var lastLogin: Timestamp?

    /// Bytes of a name.
    /// - Limit: the name of a local user | bytes | an error
    public static let longestName = 64
    /// Bytes of a display name.
    public static let longestDisplayName = 255
    /// Bytes of a password.
    /// - Limit: a password | bytes | an error
    public static let longestPassword = 1024

    /// Whether an account or a token can have that name: it stays in its line, and in a path.
    public static func isName(_ name: String) -> Bool {
        let allowed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "@"): true
            default: false
            }
        }
        return allowed && 1...longestName ~= name.utf8.count && name.utf8.first != UInt8(ascii: "-")
    }
}

/// A token: who shows its value may what it was made for.
public struct AccountToken: Hashable, Sendable {
    /// As of an account; unique among tokens.
    public let name: String
    /// SHA-256 of the value, which nobody has but the one who was told it.
    let digest: [UInt8]
    public let scopes: Set<ControlScope>
    /// The local user who made it, without whom it is worth nothing; nil where root or another user of the system did.
    public let owner: String?
    /// Who made it.
    public let createdBy: String
    public let createdAt: Timestamp
    public let expiresAt: Timestamp?
    public internal(set) var lastUse: Timestamp?
    /// From where it was used last.
    public internal(set) var lastFrom: String?
}

/// What holds for log-ins; from the settings.
public struct AccountPolicy: Hashable, Sendable {
    /// Signs of a new password, at least.
    public var passwordLength = 10
    /// Failed log-ins after which an address is blocked; nil is never.
    public var failedLogins: Int? = 5
    /// How long, in seconds.
    public var blockSeconds: Int64 = 15 * 60
    /// A session ends when it was not used for so long, in seconds.
    public var idleSeconds: Int64 = 30 * 60
    /// A session ends after so long whatever happens, in seconds.
    public var sessionSeconds: Int64 = 12 * 3600

    public init() {}
}
