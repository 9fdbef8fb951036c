/// What an administrator wrote, and what was changed over it, as typed values that know their places. What a value
/// means (whether a device exists, whether a template parses) is for those who use it to say, at its place.
public struct SettingsDocument: Sendable {
    let sources: SettingsSources
    /// Who changed what, by the line of the changes.
    var notes: [Int: SettingsChangeNote] = [:]

    /// What this gateway is called; nil is the machine's own name.
    public internal(set) var gateway = Setting(String?.none)
    public internal(set) var capture = CaptureSettings()
    public internal(set) var firewallLog = FirewallLogSettings()
    public internal(set) var connections = ConnectionSettings()
    public internal(set) var packetLog = PacketLogSettings()
    public internal(set) var ipl = IPLogSettings()
    public internal(set) var logs = LogsSettings()
    public internal(set) var dumps = DumpSettings()
    public internal(set) var api = APISettings()
    public internal(set) var accounts = AccountSettings()
    public internal(set) var metrics = MetricsSettings()
    /// Receivers of logs by syslog.
    public internal(set) var syslog: [SyslogReceiverSettings] = []
    public internal(set) var radius = RadiusSettings()
    public internal(set) var names = HostNameSettings()
    public internal(set) var logins = LoginSettings()
    /// Who is told of lines of the logs, in the order of the file.
    public internal(set) var alerts: [AlertSettings] = []
    /// Address groups, in the order of the file.
    public internal(set) var groups: [AddressGroup] = []
    public internal(set) var users: [UserSettings] = []
    public internal(set) var interfaces: [InterfaceSettings] = []
    public internal(set) var services: [ServiceSettings] = []
    public internal(set) var databases = DatabaseSettings()

    /// No settings at all: the defaults.
    public init(file: String) { self.init(SettingsSources(file: file)) }

    init(_ sources: SettingsSources) { self.sources = sources }

    /// Reads settings; throws everything that is wrong with them at once. `file` is their name in messages.
    public init(parsing text: String, file: String) throws(SettingsErrors) {
        try self.init(parsing: Array(text.utf8), file: file)
    }

    /// Reads settings as they stand in a file, UTF-8 or not.
    public init(parsing bytes: [UInt8], file: String) throws(SettingsErrors) {
        self = try SettingsLayers(file: SettingsText(name: file, bytes: bytes)).document()
    }

    /// The administrator's file as the caller named it: for messages, and for the paths in it.
    public var file: String { sources.file }

    /// `path` as it stands in the settings, from where the administrator's file stands.
    public func resolved(_ path: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(file[...slash]) + path
    }

    /// What turned out to be wrong with a value only when it was used, at its place: an expression that does not
    /// compile, a database that cannot be opened. `message` may have several lines.
    public func error(at place: SettingsPlace, _ message: String) -> SettingsError {
        SettingsError(file: sources.name(of: place.layer), at: place, message)
    }
}

extension SettingsDocument: SettingsSection {
    /// The keys that are fixed; the others hold names of the administrator's.
    static var rows: [SettingRow<Self>] {
        [
            SettingRow(
                "gateway", \.gateway, .either("hostname", or: .name("the name of this gateway")),
                "What this gateway is called in records; hostname is the machine's own name."),
            SettingRow("capture", section: \.capture, "Packets from the interfaces."),
            SettingRow("firewall_log", section: \.firewallLog, "Packets that the firewall logs (NFLOG)."),
            SettingRow("connections", section: \.connections, "The kernel's connections (conntrack)."),
            SettingRow("packet_log", section: \.packetLog, "Packets into the Debug log."),
            SettingRow("ipl", section: \.ipl, "Records for ipmon (ipl(4))."),
            SettingRow("logs", section: \.logs, "What lines look like, and how long log files are kept."),
            SettingRow("dumps", section: \.dumps, "Packet dumps."),
            SettingRow("logins", section: \.logins, "Users who log in and out."),
            SettingRow("api", section: \.api, "Who may talk to the daemon."),
            SettingRow("accounts", section: \.accounts, "Log-ins of local users."),
            SettingRow("metrics", section: \.metrics, "What monitoring systems are told."),
            SettingRow(
                "syslog", named: \.syslog, most: SyslogReceiverSettings.most,
                "Receivers of logs by syslog, each by a name."),
            SettingRow("radius", section: \.radius, "RADIUS accounting: who is where."),
            SettingRow("names", section: \.names, "Names of hosts."),
            SettingRow(
                "alerts", named: \.alerts, most: AlertSettings.most,
                "Programs and webhooks that are told of lines, by names of your own."),
        ]
    }

    /// All keys of the first level, in the order in which they are listed.
    static var keys: [String] { rows.map(\.key) + ["interfaces", "groups", "users", "services", "databases"] }
}
