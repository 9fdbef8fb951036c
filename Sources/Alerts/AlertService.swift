public import LogFiles
import Synchronization
public import SystemCalls

/// Messages that are delivered at one time, over all alerts: the others wait.
public final class AlertSlots: Sendable {
    /// - Limit: messages of alerts that are delivered at one time |  | wait in the log files
    public static let limit = 4

    private let monitor = Monitor(0)

    public init() {}

    /// Takes a place, waiting for one; false where `isOver` says so meanwhile.
    func take(unless isOver: () -> Bool) -> Bool {
        while !isOver() {
            let taken: Bool? = monitor.wait(until: Clocks.monotonic + 200_000_000) { used in
                guard used < Self.limit else { return nil }
                used += 1
                return true
            }
            if taken == true { return true }
        }
        return false
    }

    func free() {
        monitor.withLock { $0 -= 1 }
        monitor.notify()
    }
}

/// How far each alert has read its log, so that one that changes goes on where it was.
public final class AlertPlaces: Sendable {
    private struct Key: Hashable {
        var alert: String
        var log: String
    }

    private let places = Mutex<[Key: LogPlace]>([:])

    func set(_ place: LogPlace, of rule: AlertRule) {
        places.withLock { $0[Key(alert: rule.name, log: rule.log)] = place }
    }

    func place(of rule: AlertRule) -> LogPlace? { places.withLock { $0[Key(alert: rule.name, log: rule.log)] } }
}

/// All alerts of the daemon. Used by one caller at a time.
public final class AlertService: Sendable {
    private let runners = Mutex<[AlertRunner]>([])
    private let places = AlertPlaces()
    private let slots = AlertSlots()

    public init() {}

    /// Alerts that run, in the order of their rules.
    public var all: [AlertRunner] { runners.withLock { $0 } }

    /// Lets these rules hold; alerts whose rules have not changed go on. Where a log stood at the start is `starts`, by its
    /// name. Says which alerts could not be started.
    public func configure(_ rules: [AlertRule], starts: [String: LogPlace]) -> [(name: String, error: SystemCallError)]
    {
        let origins = Set(rules.map(\.origin))
        let (kept, ended) = runners.withLock { runners in
            (runners.filter { origins.contains($0.rule.origin) }, runners.filter { !origins.contains($0.rule.origin) })
        }
        Self.end(ended)
        var failures: [(name: String, error: SystemCallError)] = []
        var running: [AlertRunner] = []
        for rule in rules {
            if let runner = kept.first(where: { $0.rule.origin == rule.origin }) {
                running.append(runner)
                continue
            }
            do throws(SystemCallError) {
                let place = places.place(of: rule) ?? starts[rule.log]
                let earlier = ended.first { $0.rule.name == rule.name && $0.rule.log == rule.log }
                running.append(
                    try AlertRunner(rule, from: place, after: earlier, places: places, slots: slots))
            } catch {
                failures.append((rule.name, error))
            }
        }
        let all = running
        runners.withLock { $0 = all }
        return failures
    }

    /// Ends all alerts.
    public func stop() {
        Self.end(
            runners.withLock { runners in
                defer { runners = [] }
                return runners
            })
    }

    private static func end(_ runners: [AlertRunner]) {
        for runner in runners { runner.stop() }
        for runner in runners { runner.join() }
    }
}
