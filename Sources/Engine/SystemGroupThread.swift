import Primitives
import Settings
import Synchronization
import SystemCalls
import Users

/// Asks the machine in which groups users are (NSS), on a thread of its own: a directory behind it may take long, or
/// hang. Nobody waits for it, not even the end of the daemon.
final class SystemGroupThread: Sendable {
    /// Users that are asked for before the thread looks whether it shall end.
    private static let portion = 16
    /// Nanoseconds that one question may take before it is told as a problem.
    private static let patience: Int64 = 30_000_000_000

    private struct Work {
        var refreshSeconds: Int
        var isOn: Bool
        /// Monotonic time at which the present question began, and whom it is about.
        var asking: (since: Int64, user: String)?
        var hasEnded = false
    }

    private let work: Mutex<Work>
    private let stopping = StopFlag()
    private let thread: Mutex<Thread?> = Mutex(nil)

    /// Begins to ask for all users that `board` knows, and for new ones as they come.
    init(_ board: LoginBoard, isOn: Bool, refreshSeconds: Int) throws(SystemCallError) {
        work = Mutex(Work(refreshSeconds: refreshSeconds, isOn: isOn))
        // The thread keeps this object alive: one that hangs for ever costs its stack.
        let begun = try Thread(name: "system groups") { [self] in
            serve(board)
            work.withLock { $0.hasEnded = true }
        }
        thread.withLock { $0 = begun }
    }

    func configure(isOn: Bool, refreshSeconds: Int) {
        work.withLock { work in
            work.isOn = isOn
            work.refreshSeconds = refreshSeconds
        }
    }

    private func serve(_ board: LoginBoard) {
        var next: UInt32 = 1
        var begun = Clocks.monotonic
        var wasOn = true
        while !stopping.isSet {
            let (isOn, refresh) = work.withLock { ($0.isOn, Int64($0.refreshSeconds) * 1_000_000_000) }
            if isOn != wasOn || isOn && Clocks.monotonic - begun >= refresh {
                (next, begun, wasOn) = (1, Clocks.monotonic, isOn)
            }
            let first = next
            let names = board.ask { $0.users.names(from: first, most: Self.portion) }
            for name in names where !stopping.isSet {
                if let groups = isOn ? groups(of: name) : [] {
                    board.change { registry, effects in registry.setSystemGroups(groups, of: name, &effects) }
                }
            }
            next += UInt32(names.count)
            if names.isEmpty { Clocks.sleep(nanoseconds: 100_000_000) }
        }
    }

    /// Nil where the machine could not say: what was known before holds.
    private func groups(of user: String) -> [String]? {
        // No directory has such a name, and C would read another one.
        guard !user.utf8.contains(0) else { return [] }
        work.withLock { $0.asking = (Clocks.monotonic, user) }
        let found = UserDatabase.groups(ofUser: user)
        work.withLock { $0.asking = nil }
        return found
    }

    /// What an administrator should know: a question that has no answer.
    var problem: Condition? {
        work.withLock { work in
            guard let asking = work.asking, Clocks.monotonic - asking.since > Self.patience else { return nil }
            let seconds = (Clocks.monotonic - asking.since) / 1_000_000_000
            return Condition(
                .users, about: "system groups",
                "this machine has not said for \(seconds) s in which groups \(LoginEvent.quoted(asking.user)) is, and "
                    + "groups stay as they were",
                remedy: "Look after SSSD, or what else nsswitch.conf names.")
        }
    }

    /// Tells the thread to end, and waits for it unless it hangs.
    func stop() {
        stopping.set()
        for _ in 0..<20 where !work.withLock(\.hasEnded) { Clocks.sleep(nanoseconds: 25_000_000) }
        if work.withLock(\.hasEnded) { thread.withLock { $0 }?.join() }
    }
}

extension GatewayEngine {
    func startSystemGroups() {
        do {
            systemGroups = try SystemGroupThread(
                logins, isOn: document.logins.systemGroups.value,
                refreshSeconds: document.logins.groupRefresh.value.seconds)
        } catch {
            standing["system groups"] = Condition(
                .users, about: "system groups", "groups of this machine are not known: \(error)")
        }
    }
}
