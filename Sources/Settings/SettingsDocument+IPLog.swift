/// How the records of the ipl log are handed out.
public enum IPLogDoor: String, CaseIterable, Hashable, Sendable {
    /// The devices where the kernel has CUSE, else sockets.
    case auto
    case device, socket
}

/// How the records of the ipl log stand.
public enum IPLogLayoutSetting: String, CaseIterable, Hashable, Sendable {
    case v51 = "5.1"
    case v41 = "4.1"
    case man
}

/// The ipl log: packets, translations and states as records for ipmon.
public struct IPLogSettings: Sendable {
    /// Whether there is one at all.
    public internal(set) var enabled = Setting(false)
    public internal(set) var device = Setting(IPLogDoor.auto)
    /// Bytes that wait for a reader at most, for each of the three units.
    public internal(set) var buffer = Setting(ByteSize.kibibytes(8))
    public internal(set) var layout = Setting(IPLogLayoutSetting.v51)
    /// Whether records hold up to 128 bytes of a packet behind its headers.
    public internal(set) var logBody = Setting(false)
    /// Whether successive packets that are the same are one record with a count.
    public internal(set) var suppress = Setting(true)
    /// Whether packets of the firewall's log are records.
    public internal(set) var firewall = Setting(true)
    /// Which packets of the interfaces are records; nil is none.
    public internal(set) var packets = Setting(String?.none)
    /// Whether translations and states that begin and end are records.
    public internal(set) var nat = Setting(true)
    public internal(set) var states = Setting(true)
}

extension IPLogSettings: SettingsSection {
    static var rows: [SettingRow<Self>] {
        [
            SettingRow(
                "enabled", \.enabled, .flag,
                "Whether packets, translations and states are handed out as records of ipl(4), for ipmon."),
            SettingRow(
                "device", \.device, .choice,
                "By what: device is /dev/ipl, /dev/ipnat and /dev/ipstate (CUSE); socket is sockets in the run folder; auto takes the devices where the kernel has them."
            ),
            SettingRow(
                "buffer", \.buffer, .size(.kibibytes(8) ... .kibibytes(512), like: "64 KiB"),
                "What waits for a reader at most, for each of the three; records beyond are dropped and counted."),
            SettingRow(
                "layout", \.layout, .choice,
                "How records stand: as IPFilter 5.1 or 4.1 writes them, or as the manual page prints them (man)."),
            SettingRow(
                "log_body", \.logBody, .flag, "Whether records hold up to 128 bytes of a packet behind its headers."),
            SettingRow(
                "suppress", \.suppress, .flag,
                "Whether successive packets that are the same are one record that counts them."),
            SettingRow("firewall", \.firewall, .flag, "Whether packets of the firewall's log are records."),
            SettingRow(
                "packets", \.packets,
                .either("none", or: .text("an expression, in quotes where it begins with !, [ or {")),
                "Which packets of the interfaces are records, too (packet logging into the ipl log)."),
            SettingRow("nat", \.nat, .flag, "Whether address translations that begin and end are records."),
            SettingRow("states", \.states, .flag, "Whether connections that begin and end are records."),
        ]
    }
}
