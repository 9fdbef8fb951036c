/// The logs of the daemon.
public enum LogName: String, Hashable, Sendable, CaseIterable {
    case debug, filter, security, connection, config, warning, error
}

/// When a log begins a new file, besides its size.
public enum LogRotation: String, Hashable, Sendable, CaseIterable {
    case hourly, daily, weekly, monthly, never
}

/// What the engine tells of itself in the Debug log.
public enum MessageCategory: String, Hashable, Sendable, CaseIterable {
    /// Packets that the firewall dropped, with the reason: `{pktdrop}`.
    case drops
    /// Interfaces that come, go and change.
    case interfaces
    /// Sources of packets that open and close, and what they lost.
    case capture
    /// Address groups that were read again.
    case groups
    /// Packet dumps that begin and end.
    case dumps
    /// Log files that rotate, are compressed and removed.
    case logs
}

/// The log files of one log, or of all logs that say nothing themselves.
public struct LogFileSettings: Sendable {
    public internal(set) var rotate = Setting(LogRotation.daily)
    /// A file that would grow beyond begins a new one; nil is no limit.
    public internal(set) var size = Setting(ByteSize?.some(.mebibytes(100)))
    /// Rotated files that are kept; nil is all.
    public internal(set) var keep = Setting(Int?.some(30))

    /// What is not written here is as in `other`.
    func over(_ other: LogFileSettings) -> LogFileSettings {
        var files = self
        if rotate.place == nil { files.rotate = other.rotate }
        if size.place == nil { files.size = other.size }
        if keep.place == nil { files.keep = other.keep }
        return files
    }
}

/// What lines look like, and how long log files are kept.
public struct LogsSettings: Sendable {
    public enum Dialect: String, Sendable, CaseIterable {
        case control, winroute
    }

    /// How a packet's line looks; nil is the dialect's own form.
    public internal(set) var template = Setting(String?.none)
    public internal(set) var dialect = Setting(Dialect.control)
    public internal(set) var utc = Setting(false)
    public internal(set) var milliseconds = Setting(false)
    /// What the Debug log tells of the engine.
    public internal(set) var messages = Setting([MessageCategory.interfaces, .capture, .groups, .dumps])
    /// Bytes of all files of all logs together; the oldest go first. Nil is no limit.
    public internal(set) var budget = Setting(ByteSize?.some(.gibibytes(10)))
    /// Whether rotated files are compressed (zstd).
    public internal(set) var compress = Setting(true)
    /// For all logs.
    public internal(set) var files = LogFileSettings()
    var debug = LogFileSettings()
    var filter = LogFileSettings()
    var security = LogFileSettings()
    var connection = LogFileSettings()
    var config = LogFileSettings()
    var warning = LogFileSettings()
    var error = LogFileSettings()

    /// The files of one log: what is said of it, else what is said for all.
    public subscript(log: LogName) -> LogFileSettings { self[keyPath: Self.path(log)] }

    static func path(_ log: LogName) -> any WritableKeyPath<LogsSettings, LogFileSettings> & Sendable {
        switch log {
        case .debug: \.debug
        case .filter: \.filter
        case .security: \.security
        case .connection: \.connection
        case .config: \.config
        case .warning: \.warning
        case .error: \.error
        }
    }

    /// Gives every log what is said for all, once everything was read.
    mutating func inherit() {
        for log in LogName.allCases {
            let path = Self.path(log)
            self[keyPath: path] = self[keyPath: path].over(files)
        }
    }
}

extension LogFileSettings: SettingsSection {
    static var rows: [SettingRow<Self>] { rows(\.rotate, \.size, \.keep) }

    /// The same keys for a section that holds these settings among others.
    static func rows<Section>(
        _ rotate: any WritableKeyPath<Section, Setting<LogRotation>> & Sendable,
        _ size: any WritableKeyPath<Section, Setting<ByteSize?>> & Sendable,
        _ keep: any WritableKeyPath<Section, Setting<Int?>> & Sendable
    ) -> [SettingRow<Section>] {
        [
            SettingRow("rotate", rotate, .choice, "When a new file begins, besides its size."),
            SettingRow(
                "size", size, .either("none", or: .size(.kibibytes(64) ... .gibibytes(1024), like: "100 MiB")),
                "A file that would grow beyond this begins a new one."),
            SettingRow(
                "keep", keep, .either("all", or: .integer(0...100_000)),
                "How many rotated files are kept; all leaves that to the budget."),
        ]
    }
}

extension LogsSettings: SettingsSection {
    /// The keys that once stood under `log:` and are still read there.
    static var lineRows: [SettingRow<Self>] {
        [
            SettingRow(
                "template", \.template, .either("standard", or: .text("a text with %VARIABLES%")),
                "How a packet's line looks; standard is the dialect's own form."),
            SettingRow("dialect", \.dialect, .choice, "Whose lines these are: Kerio Control's or WinRoute's."),
            SettingRow("utc", \.utc, .flag, "Times in UTC in place of local time."),
            SettingRow("milliseconds", \.milliseconds, .flag, "Times with milliseconds."),
        ]
    }

    static var rows: [SettingRow<Self>] {
        lineRows + [
            SettingRow(
                "messages", \.messages, .list(of: .choice) { $0.rawValue },
                "What the Debug log tells of the engine itself."),
            SettingRow(
                "budget", \.budget, .either("none", or: .size(.mebibytes(1) ... .gibibytes(1 << 20), like: "10 GiB")),
                "Bytes of all files of all logs together; beyond, the oldest rotated files go."),
            SettingRow("compress", \.compress, .flag, "Whether rotated files are compressed (zstd)."),
        ] + LogFileSettings.rows(\.files.rotate, \.files.size, \.files.keep)
            + LogName.allCases.map { log in
                SettingRow(log.rawValue, section: path(log), "The files of the \(log.rawValue) log, where they differ.")
            }
    }
}
