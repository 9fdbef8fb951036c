import Engine
import SystemCalls

/// Keeps the service manager informed, where there is one: start, reload, end, a line for people, and that the engine
/// lives. What cannot be told is said once, and the daemon goes on.
final class ServiceReporter: Sendable {
    private let manager: ServiceManager?

    init(_ manager: ServiceManager? = .current) { self.manager = manager }

    /// Nanoseconds between two looks at the engine: three of them before the watchdog bites, ten seconds without one.
    private var pause: Int64 { (manager?.watchdog).map { $0 / 3 } ?? 10_000_000_000 }

    /// Tells the manager, and says where nobody listens.
    func tell(_ states: ServiceManager.State...) {
        guard let manager else { return }
        do {
            for state in states { try manager.tell(state) }
        } catch {
            Daemon.say("gatelogd: the service manager at \(manager.socket) is not told: \(error)")
        }
    }

    /// Tells that the engine lives, for as long as it does: it answers, and each of its threads has come round within the
    /// watchdog's time. Where one has not, nothing is told, and the manager will end what hangs. Ends when the task is
    /// cancelled.
    func watch(_ engine: GatewayEngine) async {
        guard let manager else { return }
        var told = ""
        while !Task.isCancelled {
            let stalled = await engine.stalledThreads(limit: manager.watchdog ?? .max)
            let line = stalled.isEmpty ? await engine.summary : "stalled: \(stalled.joined(separator: ", "))"
            if stalled.isEmpty, manager.watchdog != nil { tell(.alive) }
            if line != told {
                tell(.status(line))
                if !stalled.isEmpty { Daemon.say("gatelogd: \(line)") }
                told = line
            }
            try? await Task.sleep(nanoseconds: UInt64(pause))
        }
    }
}
