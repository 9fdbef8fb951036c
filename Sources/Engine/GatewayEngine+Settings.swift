public import ControlMessages
import Expressions
import HostResolution
import LogIndex
import Primitives
import RadiusAccounting
import Records
import Settings
import SettingsStore
import Synchronization
import SyslogForwarding
import SystemCalls

extension GatewayEngine {
    public func settings() async -> [SettingState] {
        document.effective.map { setting in
            SettingState(key: "\(setting.key)", value: setting.value, origin: "\(setting.origin)")
        }
    }

    public func setSetting(
        _ key: String, to value: String?, by actor: ControlActor
    ) async throws(ControlError) -> [SettingState] {
        let parsed: SettingsKey
        do {
            parsed = try SettingsKey(parsing: key)
        } catch {
            throw ControlError(.invalid, "\(error)")
        }
        try await change(value.map { .set(parsed, yaml: $0) } ?? .unset(parsed), by: actor)
        return await settings()
    }

    public func reload(by actor: ControlActor) async throws(ControlError) {
        let before = document
        do {
            let read = try settingsBoard.read()
            try adopt(read.document)
            settingsBoard.hold(read)
        } catch {
            restore(before)
            let text = "the settings were not read again, the old ones go on:\n\(error)"
            logs.say(.error, .error, text)
            throw ControlError(.invalid, text)
        }
        await settle()
        note(actor, "settings", from: nil, to: "read again")
        tell(document.differences(from: before), by: actor)
    }

    /// A key that is in the program, not typed.
    func settingsKey(_ text: StaticString) -> SettingsKey {
        guard let key = try? SettingsKey(parsing: "\(text)") else { preconditionFailure("\(text) is a key") }
        return key
    }

    /// Applies a change: the settings are checked as a whole and the plan is made before anything is written.
    func change(_ change: SettingsChange, by actor: ControlActor) async throws(ControlError) {
        let prepared: PreparedChange
        do {
            prepared = try settingsBoard.prepare(change, by: changeNote(actor))
        } catch {
            throw ControlError(error)
        }
        let outcome = try await carryOut(prepared, by: actor, as: nil)
        guard outcome.changes.isEmpty else { return }
        // Said again as it was: who did that is told all the same.
        note(actor, "\(change.key)", from: value(of: change.key), to: value(of: change.key))
    }

    /// Lets other settings hold: logs, expressions, plan. Throws where they cannot.
    func adopt(_ next: SettingsDocument) throws(EngineError) {
        document = next
        addressLists = try lists(of: next)
        settleUsers(next)
        try takeUpSettings(next)
        let receivers = try checkedSyslogTargets(next)
        let radius = try makeRadius(next)
        let alerts = try alertRules(next)
        try replan()
        syslogService.configure(receivers)
        applyRadius(radius)
        resolver.configure(ResolverOptions(next.names))
        logs.configure(next.logs)
        access.withLock { $0 = AccessGroups(next.api) }
        metricsListener.want(next.metrics)
        takeUpAlerts(alerts)
        standing["plan"] = nil
        lookForUnknownNames()
        let later = Self.holdLater(next, since: startDocument)
        standing["next start"] =
            later.isEmpty
            ? nil
            : Condition(.nextStart, "these settings hold from the next start: \(later.joined(separator: ", "))")
    }

    /// Keys whose values differ from those that the sources were opened with.
    private static func holdLater(_ next: SettingsDocument, since start: SettingsDocument) -> [String] {
        let keys = [
            "capture.workers", "capture.ring", "capture.promiscuous", "firewall_log.groups", "firewall_log.buffer",
            "connections.log", "connections.buffer", "api.group", "ipl.enabled", "ipl.device", "ipl.buffer",
            "ipl.layout", "ipl.log_body", "ipl.suppress", "ipl.nat", "ipl.states",
        ]
        func values(_ document: SettingsDocument) -> [String: String] {
            Dictionary(document.effective.map { ("\($0.key)", $0.value) }) { first, _ in first }
        }
        let (before, after) = (values(start), values(next))
        return keys.filter { before[$0] != after[$0] }
    }

    private func lists(of document: SettingsDocument) throws(EngineError) -> [String: [AddressRange]] {
        do {
            return try settingsBoard.addressLists(of: document)
        } catch {
            throw EngineError("\(error)")
        }
    }

    func restore(_ before: SettingsDocument) {
        // It held a moment ago.
        try? adopt(before)
    }

    private func value(of key: SettingsKey) -> String? {
        let found = document.effective.filter { $0.key.path.starts(with: key.path) }
        if found.count == 1 { return found[0].value }
        return found.isEmpty ? nil : "\(found.count) values"
    }

    /// A line of the Config log.
    func note(_ actor: ControlActor, _ path: String, from old: String?, to new: String?) {
        let change = ConfigurationChange(who: actor.name, from: actor.from, path: path, old: old, new: new)
        logs.say(.config, .change, change.text, fields: change.fields)
    }
}
