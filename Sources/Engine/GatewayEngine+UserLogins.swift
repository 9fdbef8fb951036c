import ControlMessages
import LogIndex
import Primitives
import Records
import Settings
import SystemCalls
import Users

// What a thread of its own does for the log-ins: time-outs, lines, the file that a restart finds.
extension GatewayEngine {
    /// How often the table is looked through for time-outs, in pieces.
    private static let sweepSeconds = 10
    /// Seconds between two versions of the file, where something changed; a second more for each MiB of it.
    private static let saveSeconds = 30

    /// Takes over the log-ins of the run before.
    func restoreLogins() {
        do throws(LoginFile.Fault) {
            _ = try loginFile.restore(into: logins)
            _ = logins.takeUnsaved()
        } catch {
            standing["logins"] = Condition(
                .users, about: "kept log-ins", "log-ins of the run before are not known: \(error)",
                remedy: error.isNewer
                    ? "Those of this run are not kept either until that file is moved away."
                    : "They are told anew as users log in.")
            keepsLogins = !error.isNewer
        }
    }

    var loginFile: LoginFile { LoginFile(path: home.state + "/logins") }

    /// The body of the thread.
    nonisolated func watchLogins(file: LoginFile, saves: Bool) {
        var second = 0
        var nextSave = Self.saveSeconds
        while !isStopping.isSet {
            for _ in 0..<10 where !isStopping.isSet { Clocks.sleep(nanoseconds: 100_000_000) }
            second += 1
            sweepLogins()
            guard saves, second >= nextSave else { continue }
            if logins.takeUnsaved() { saveLogins(file) }
            nextSave = second + Self.saveSeconds + logins.ask { $0.count } / 16_384
        }
        sweepLogins()
        if saves, logins.takeUnsaved() { saveLogins(file) }
    }

    /// Ends what timed out, and tells what happened.
    nonisolated func sweepLogins() {
        let now = Clocks.wall
        let parts = (LoginRegistry.parts + Self.sweepSeconds - 1) / Self.sweepSeconds
        logins.change { registry, effects in registry.expire(at: now, parts: parts, &effects) }
        let (events, lost) = logins.takeEvents()
        for event in events { logs.say(.config, .change, event.text, at: event.time) }
        if lost > 0 {
            logs.say(
                .config, .change, "users: \(lost) further log-ins and log-outs within a second are not said one by one")
        }
    }

    private nonisolated func saveLogins(_ file: LoginFile) {
        do throws(LoginFile.Fault) {
            try file.save(logins)
            call { await $0.setStanding("logins saved", nil) }
        } catch {
            let condition = Condition(
                .users, about: "kept log-ins", "log-ins would not survive a restart: \(error)",
                remedy: "It is tried again by itself.")
            call { await $0.setStanding("logins saved", condition) }
        }
    }

    private func setStanding(_ key: Condition.Key, _ condition: Condition?) { standing[key] = condition }

    func userConditions() -> [Condition.Key: Condition] {
        var found: [Condition.Key: Condition] = [:]
        if let problem = systemGroups?.problem { found["system groups hang"] = problem }
        let counters = logins.ask { $0.counters }
        found["logins refused"] = Condition(
            .users, about: "log-ins",
            "log-ins find no room: \(LoginLimits.logins) addresses and \(LoginLimits.users) users are the limit",
            remedy: "Let them end sooner (logins.radius_idle).", losses: .init(total: counters.refused, unit: "log-ins")
        )
        found["logins without memory"] = Condition(
            .users, about: "memory", "expressions do not see all log-ins, for this machine has too little memory",
            losses: .init(total: UInt64(logins.table.refused), unit: "log-ins"))
        return found
    }
}

extension LoginEvent {
    /// As a line of the Config log has it.
    var text: String {
        let source =
            switch origin {
            case .settings: "the settings"
            case .command(let name): name
            case .radius(let client, _): "RADIUS client \(client)"
            }
        let (who, from) = kind == .timeout ? ("gatelogd", "time-out, told by \(source)") : (source, "accounting")
        return ConfigurationChange(
            who: who, from: from, path: Self.path(address), old: old.map(Self.quoted), new: new.map(Self.quoted)
        ).text
    }

    static func path(_ address: IPAddress) -> String { "login at \(address)" }

    /// A user's name in quotes, in which it cannot end them: nobody is called `jane" -> "root`.
    static func quoted(_ name: String) -> String {
        String(appending: { buffer in
            buffer.append(UInt8(ascii: "\""))
            buffer.append(escaping: name, quote: UInt8(ascii: "\""))
            buffer.append(UInt8(ascii: "\""))
        })
    }
}
