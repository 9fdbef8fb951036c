public import Primitives

/// A named set of addresses: `list:"name"` in expressions.
public struct AddressGroup: Sendable {
    public enum Entry: Sendable, Hashable {
        case addresses(AddressRange)
        /// Another group, which exists.
        case group(String)
        /// A file with an entry a line; its path as written (`SettingsDocument.resolved`).
        case file(String)
    }

    public var name: Located<String>
    public var entries: [Located<Entry>]
}

/// A user, his groups and where he is logged in.
public struct UserSettings: Sendable {
    public var name: Located<String>
    public var groups: [Located<String>]
    public var addresses: [Located<IPAddress>]
}

/// A network interface by the name that people give it.
public struct InterfaceSettings: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case ethernet
        /// One remote client ends on it.
        case vpnClient = "vpnclient"
        /// A site-to-site tunnel.
        case vpnTunnel = "vpn"
        case other
    }

    /// What people call it: "Internet".
    public var name: Located<String>
    /// What the kernel calls it: "eth0".
    public var device: Located<String>?
    public var kind: Kind
    /// The name of the tunnel, for `vpn:"..."`.
    public var connection: Located<String>?
    /// The kernel's number of it, for captures that hold nothing else.
    public var index: Located<UInt32>?
    /// Whether a network of our own is behind it.
    public var isTrusted: Bool
}

/// Ports under a name of the administrator's.
public struct ServiceSettings: Sendable {
    /// In lower case, as expressions look it up.
    public var name: Located<String>
    public var ports: [ClosedRange<UInt16>]
}

/// MaxMind databases; paths as written (`SettingsDocument.resolved`).
public struct DatabaseSettings: Sendable {
    public var country: Located<String>?
    public var asn: Located<String>?
}

/// How log lines look; nil where nothing is said.
public struct LogSettings: Sendable {
    public enum Dialect: String, Sendable, CaseIterable {
        case control, winroute
    }

    public var template: Located<String>?
    public var dialect: Located<Dialect>?
    public var utc: Located<Bool>?
    public var milliseconds: Located<Bool>?
}
