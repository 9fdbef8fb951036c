import IPLog
import Primitives
import SystemCalls

/// Damage is told one by one until it becomes too much: a bad log of a gigabyte is no gigabyte of messages.
struct DamageReports {
    static let most = 100
    var count = 0
}

extension LogMonitor {
    /// Says what was wrong with a log, and where.
    func report(_ damage: IPLogDamage, _ source: LogSource) {
        reports.count += 1
        guard reports.count <= DamageReports.most else { return }
        say("\(source.name): \(damage)", IPLogPriority.warning)
    }

    /// Says how much was not told.
    func reportRest() {
        let rest = reports.count - DamageReports.most
        if rest > 0 { say("\(rest) more damaged places were not told", IPLogPriority.warning) }
        reports.count = 0
    }

    /// A log cannot be read any more.
    func report(_ error: SystemCallError, _ source: LogSource) {
        let place = source.reader.base + Int64(source.buffer.count)
        say("read: \(error.reason) (\(source.name), offset \(place))", IPLogPriority.critical)
    }

    /// The daemon that answered is gone.
    func reportGone(_ source: LogSource) {
        let place = source.reader.base + Int64(source.buffer.count)
        say("read: the daemon closed the connection (\(source.name), offset \(place))", IPLogPriority.critical)
    }

    func say(_ line: String, _ priority: IPLogPriority) {
        flush()
        surroundings.console.report(line)
        if options.usesSyslog { surroundings.syslog.send(line, priority: Int32(priority.rawValue)) }
    }
}

extension SystemCallError {
    /// What went wrong, as strerror(3) says it; what a daemon refuses, in its words.
    var reason: String { call.contains(" ") ? call : "\(errno)" }
}

extension LogSource {
    /// The path, or what "-" stands for.
    var name: String { path == "-" ? "standard input" : path }
}
