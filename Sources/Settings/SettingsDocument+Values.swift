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
    /// Where its entries stand.
    var place: SettingsPlace
}

/// A user, his groups and where he is logged in.
public struct UserSettings: Sendable {
    public var name: Located<String>
    public var groups: [Located<String>]
    public var addresses: [Located<IPAddress>]
    /// Where the lists stand; nil where one is not written.
    var groupsPlace: SettingsPlace?
    var addressesPlace: SettingsPlace?
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
    /// What kind it is said to be; nil leaves that to the kernel, which knows most kinds itself.
    public var kind: Located<Kind>?
    /// The name of the tunnel, for `vpn:"..."`.
    public var connection: Located<String>?
    /// The kernel's number of it, for captures that hold nothing else.
    public var index: Located<UInt32>?
    /// Whether a network of our own is behind it; nil where nobody said.
    public var trusted: Located<Bool>?
}

/// Ports under a name of the administrator's.
public struct ServiceSettings: Sendable {
    /// In lower case, as expressions look it up.
    public var name: Located<String>
    public var ports: [ClosedRange<UInt16>]
    /// Where they stand.
    var place: SettingsPlace
}

/// MaxMind databases; paths as written (`SettingsDocument.resolved`).
public struct DatabaseSettings: Sendable {
    public var country: Located<String>?
    public var asn: Located<String>?
}

/// Packet dumps.
public struct DumpSettings: Sendable {
    /// Bytes of all dumps together; nil is no limit.
    public internal(set) var budget = Setting(ByteSize?.some(.gibibytes(10)))
    /// How long a dump runs that names no time; nil is no limit.
    public internal(set) var maxTime = Setting(TimeSpan?.none)
}

/// Who may talk to the daemon over its socket, besides root and the daemon's own user.
public struct APISettings: Sendable {
    /// Members of this group of the system may do everything.
    public internal(set) var group = Setting("gatelog")
    /// Members of this group may look and change nothing; nil is nobody.
    public internal(set) var readers = Setting(String?.none)
    /// The user of the page's process, which logs others in and may nothing itself.
    public internal(set) var door = Setting(String?.some("gatelog-web"))
}

extension DumpSettings: SettingsSection {
    static var rows: [SettingRow<Self>] {
        [
            SettingRow(
                "budget", \.budget, .either("none", or: .size(.mebibytes(1) ... .gibibytes(1 << 20), like: "10 GiB")),
                "Bytes of all packet dumps together; beyond, none begins and those that run end."),
            SettingRow(
                "max_time", \.maxTime, .either("none", or: .time(.seconds(1) ... .hours(10_000), like: "2 h")),
                "How long a dump runs that names no time."),
        ]
    }
}

extension APISettings: SettingsSection {
    static var rows: [SettingRow<Self>] {
        [
            SettingRow(
                "group", \.group, .name("the name of a group of the system"),
                "Members of this group of the system may do everything (root may always)."),
            SettingRow(
                "readers", \.readers, .either("none", or: .name("the name of a group of the system")),
                "Members of this group may look and change nothing."),
            SettingRow(
                "door", \.door, .either("none", or: .name("the name of a user of the system")),
                "The user of the page's process: it logs others in, and may nothing itself."),
        ]
    }
}
