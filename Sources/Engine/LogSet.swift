import LogFiles
import LogIndex
import PacketStages
import Primitives
import Records
import Settings
import SystemCalls

/// The logs of the daemon, each with a writer of its own, and the budget that they share.
final class LogSet: Sendable {
    private let writers: [LogName: LogWriter]
    let budget: LogBudget

    /// Opens all logs in `folder`, and mends what a crash left.
    init(
        folder: String, settings: LogsSettings, report: @escaping @Sendable (LogName, LogEvent) -> Void
    ) throws(LogFileError) {
        let budget = LogBudget(bytes: settings.budget.value.map { Int64($0.bytes) })
        var writers: [LogName: LogWriter] = [:]
        for name in LogName.allCases {
            writers[name] = try LogWriter(
                name: name.rawValue, folder: folder, configuration: LogConfiguration(settings, of: name),
                budget: budget
            ) { report(name, $0) }
        }
        self.writers = writers
        self.budget = budget
    }

    subscript(name: LogName) -> LogWriter {
        guard let writer = writers[name] else { preconditionFailure("every log has a writer") }
        return writer
    }

    /// The logs in the order in which people are shown them.
    var all: [(name: LogName, writer: LogWriter)] { LogName.allCases.map { ($0, self[$0]) } }

    func configure(_ settings: LogsSettings) {
        for (name, writer) in all { writer.configure(LogConfiguration(settings, of: name)) }
        budget.configure(bytes: settings.budget.value.map { Int64($0.bytes) })
    }

    /// Writes a line of the daemon's own; `text` is escaped. `fields` are the members of its record.
    func say(
        _ name: LogName, _ kind: RecordKind, _ text: String, fields: RecordFields = RecordFields(),
        at time: Timestamp = Clocks.wall
    ) {
        self[name].append(kind: kind, time: time, text, fields: fields)
    }

    /// Writes a line of the Security log.
    func say(_ event: SecurityEvent, _ dialect: LogDialect, at time: Timestamp) {
        let kind: RecordKind =
            switch event {
            case .engine: .engine
            case .authentication, .spoofing, .ftp, .intrusion: .security
            }
        say(.security, kind, event.text(dialect), fields: event.fields, at: time)
    }

    /// Writes everything that is under way, and closes the files.
    func close() -> [(name: LogName, report: LogCloseReport)] { all.map { ($0.name, $0.writer.close()) } }
}

extension LogConfiguration {
    init(_ settings: LogsSettings, of name: LogName) {
        self.init(
            zone: settings.utc.value ? .utc : .local,
            form: settings.milliseconds.value ? .bracketedMilliseconds : .bracketed)
        let files = settings[name]
        period =
            switch files.rotate.value {
            case .hourly: .hourly
            case .daily: .daily
            case .weekly: .weekly
            case .monthly: .monthly
            case .never: .never
            }
        size = files.size.value.map { Int64($0.bytes) }
        keep = files.keep.value ?? .max
        compresses = settings.compress.value
        kind =
            switch name {
            case .debug: .packet
            case .filter: .filter
            case .security: .security
            case .connection: .connection
            case .config: .change
            case .warning: .warning
            case .error: .error
            }
    }
}
