/// Local users of the daemon: log-ins and sessions. Who they are stands in the state folder, not here.
public struct AccountSettings: Sendable {
    /// Characters of a new password, at least.
    public internal(set) var passwordLength = Setting(10)
    /// Failed log-ins after which an address is blocked; nil is never.
    public internal(set) var failedLogins = Setting(Int?.some(5))
    /// How long it is blocked.
    public internal(set) var blockTime = Setting(TimeSpan.seconds(15 * 60))
    /// A session ends when it was not used for so long.
    public internal(set) var sessionIdle = Setting(TimeSpan.seconds(30 * 60))
    /// A session ends after so long whatever happens.
    public internal(set) var sessionTime = Setting(TimeSpan.hours(12))
}

extension AccountSettings: SettingsSection {
    static var rows: [SettingRow<Self>] {
        [
            SettingRow(
                "password_length", \.passwordLength, .integer(1...1000), "Characters of a new password, at least."),
            SettingRow(
                "failed_logins", \.failedLogins, .either("none", or: .integer(1...1000)),
                "Failed log-ins after which an address is blocked (of IPv6, its /64); none is never."),
            SettingRow(
                "block_time", \.blockTime, .time(.seconds(1) ... .hours(10_000), like: "15 min"),
                "How long it is blocked; failed log-ins are forgotten after the same time."),
            SettingRow(
                "session_idle", \.sessionIdle, .time(.seconds(1) ... .hours(10_000), like: "30 min"),
                "A session ends when it was not used for so long."),
            SettingRow(
                "session_time", \.sessionTime, .time(.seconds(1) ... .hours(10_000), like: "12 h"),
                "A session ends after so long whatever happens."),
        ]
    }
}
