import LogFiles
import LogIndex
import Settings
import Synchronization

/// Says in the Error and Warning logs what happens to the other logs. It is there before the logs are.
final class LogReporter: Sendable {
    private let logs = Mutex<LogSet?>(nil)

    func begin(_ set: LogSet) { logs.withLock { $0 = set } }

    /// Called on the thread of the log that it is about, so nothing here waits.
    func report(_ name: LogName, _ event: LogEvent) {
        guard let logs = logs.withLock({ $0 }) else { return }
        switch event {
        // What lasts is told by the housekeeping, as long as it lasts.
        case .suspended, .resumed: return
        case .failed(let error):
            logs.say(.error, .error, "The \(name) log goes on in its present file: \(error)")
        case .disturbed(let path, let what):
            logs.say(.warning, .warning, "The \(name) log was disturbed: \(path): \(what)")
        }
    }
}
