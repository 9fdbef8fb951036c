public import Primitives

/// The names that exist where an expression is read: interfaces, address lists, users, services.
///
/// A kind that is nil is not known at all (a plain capture without settings): an unknown name is
/// then a warning and its condition is never met. A kind that is known makes it an error.
public struct Directory: Sendable {
    public struct Interface: Hashable, Sendable {
        public enum Kind: String, Hashable, Sendable {
            case ethernet
            /// One remote client ends on it.
            case vpnClient
            /// A site-to-site tunnel.
            case vpnTunnel
            case other
        }

        /// What people call it: "Internet".
        public var displayName: String
        /// What the kernel calls it: "eth0"; nil where only one name is known.
        public var kernelName: String?
        public var kind: Kind
        /// The VPN connection's name, for `vpn:"..."`.
        public var connection: String?

        public init(displayName: String, kernelName: String? = nil, kind: Kind = .ethernet, connection: String? = nil) {
            self.displayName = displayName
            self.kernelName = kernelName
            self.kind = kind
            self.connection = connection
        }
    }

    public struct User: Hashable, Sendable {
        public var name: String
        public var groups: [String]
        /// Where the user is logged in.
        public var addresses: [IPAddress]

        public init(name: String, groups: [String] = [], addresses: [IPAddress] = []) {
            self.name = name
            self.groups = groups
            self.addresses = addresses
        }
    }

    public var interfaces: [Interface]?
    /// Address groups by name, flattened.
    public var lists: [String: [AddressRange]]?
    public var users: [User]?
    /// Group names, those without a member too.
    public var groups: [String]?
    /// Whether users log in and out while an expression runs (the daemon's): `addr = user:"jane"` follows them, and an
    /// unknown user or group is a warning only.
    public var usersMayMove = false
    /// Whether an unknown interface may come up later (the daemon's): then it is a warning only.
    public var interfacesMayAppear = false
    /// Ports by service name in lower case; the built-in ones are always known.
    public var services: [String: [ClosedRange<UInt16>]]

    /// Whether settings were read, so that a name which is not here does not exist.
    var knowsSettings: Bool { lists != nil || users != nil || groups != nil || !services.isEmpty }

    /// Nothing known but the built-in services.
    public init() {
        services = [:]
    }
}
