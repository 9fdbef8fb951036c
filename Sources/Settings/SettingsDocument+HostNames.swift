/// Names of hosts: from the DNS answers that pass by, and from the system's resolver.
public struct HostNameSettings: Sendable {
    /// Whose names the system's resolver is asked for.
    public enum Resolver: String, Sendable, CaseIterable {
        case off
        /// Addresses of private and link-local networks, whose names a resolver of one's own knows.
        case `private`
        case all
    }

    public internal(set) var resolver = Setting(Resolver.private)
    /// Whether records of the Connection log have names, and DNS answers are looked at for them.
    public internal(set) var connections = Setting(true)
    /// Questions a second to the system's resolver.
    public internal(set) var rate = Setting(50)
    /// How long an answer of the resolver holds.
    public internal(set) var keep = Setting(TimeSpan.hours(1))
    /// How long it holds that an address has no name.
    public internal(set) var keepMissing = Setting(TimeSpan.seconds(600))
}

extension HostNameSettings: SettingsSection {
    static var rows: [SettingRow<Self>] {
        [
            SettingRow(
                "resolver", \.resolver, .choice,
                "Whose names the system's resolver is asked for, where no DNS answer on the wire told one and a line or an expression wants it: nobody's, those of private networks, or all."
            ),
            SettingRow(
                "connections", \.connections, .flag,
                "Whether records of the Connection log have names; DNS answers are looked at for them."),
            SettingRow("rate", \.rate, .integer(1...10_000), "Questions a second to the system's resolver."),
            SettingRow(
                "keep", \.keep, .time(.seconds(10) ... .hours(24 * 7), like: "1 h"),
                "How long an answer of the resolver holds."),
            SettingRow(
                "keep_missing", \.keepMissing, .time(.seconds(10) ... .hours(24 * 7), like: "10 min"),
                "How long it holds that an address has no name."),
        ]
    }
}
