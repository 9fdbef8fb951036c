/// Users who log in and out.
public struct LoginSettings: Sendable {
    /// A log-in that RADIUS told ends after so long without news of it; nil is never. Lost stops end so.
    public internal(set) var radiusIdle = Setting(TimeSpan?.some(.hours(24)))
    /// It ends so long after it began; nil is never.
    public internal(set) var radiusLimit = Setting(TimeSpan?.none)
    /// The same for log-ins by command and API.
    public internal(set) var commandIdle = Setting(TimeSpan?.none)
    public internal(set) var commandLimit = Setting(TimeSpan?.none)
    /// Whether the groups of the system (NSS) count.
    public internal(set) var systemGroups = Setting(true)
    /// How often the system is asked again.
    public internal(set) var groupRefresh = Setting(TimeSpan.hours(1))
    /// Whether log-ins that RADIUS tells are lines of the Config log.
    public internal(set) var radiusLines = Setting(false)
}

extension LoginSettings: SettingsSection {
    static var rows: [SettingRow<Self>] {
        [
            SettingRow(
                "radius_idle", \.radiusIdle, ending,
                "A log-in told by RADIUS ends after so long without an interim update: lost stops end so. none is never."
            ),
            SettingRow(
                "radius_limit", \.radiusLimit, ending, "A log-in told by RADIUS ends so long after it began."),
            SettingRow(
                "command_idle", \.commandIdle, ending,
                "A log-in by command or API ends after so long unless it is given again."),
            SettingRow(
                "command_limit", \.commandLimit, ending, "A log-in by command or API ends so long after it began."),
            SettingRow(
                "system_groups", \.systemGroups, .flag,
                "Whether users are in the groups that this machine knows for them (NSS: files, SSSD's LDAP and AD)."),
            SettingRow(
                "group_refresh", \.groupRefresh, .time(.seconds(10) ... .hours(24 * 30), like: "1 h"),
                "How often the machine is asked for them again."),
            SettingRow(
                "radius_lines", \.radiusLines, .flag,
                "Whether log-ins and log-outs told by RADIUS are lines of the Config log; those by command always are."),
        ]
    }

    private static var ending: SettingFormat<TimeSpan?> {
        .either("none", or: .time(.seconds(1) ... .hours(24 * 366), like: "8 h"))
    }
}
