public import ControlMessages
import Expressions
import Primitives
import Records
import Settings
import SettingsStore
import SystemCalls

extension GatewayEngine {
    /// Lines of the Config log for one change of many settings; further keys are counted.
    static let toldDifferences = 200

    public func settingsHistory() async throws(ControlError) -> [SettingsVersionState] {
        let current = settingsBoard.stored.version
        do {
            return try settingsBoard.history().map { header in
                SettingsVersionState(
                    version: header.version, who: header.note.who, when: header.note.when, from: header.note.from,
                    what: header.what, current: header.version == current)
            }
        } catch {
            throw ControlError(error)
        }
    }

    public func settingsDifferences(
        from old: Int, to new: Int?
    ) async throws(ControlError) -> [SettingChangeState] {
        do {
            let before = try settingsBoard.document(of: old)
            let after = try new.map { number throws(SettingsStoreError) in try settingsBoard.document(of: number) }
            return (after ?? document).differences(from: before).map(SettingChangeState.init)
        } catch {
            throw ControlError(error)
        }
    }

    public func revertSettings(
        _ request: SettingsReversion, by actor: ControlActor
    ) async throws(ControlError) -> SettingsOutcome {
        let before = settingsBoard.stored.version
        let prepared = try prepare { () throws(SettingsStoreError) in
            try settingsBoard.prepare(revertingTo: request.version, by: changeNote(actor))
        }
        if request.dryRun == true { return try outcome(ofTrying: prepared) }
        return try await carryOut(
            prepared, by: actor, as: ("settings", "version \(before)", "as version \(request.version)"))
    }

    public func applySettings(
        _ request: SettingsApplication, by actor: ControlActor
    ) async throws(ControlError) -> SettingsOutcome {
        let before = settingsBoard.stored.version
        let text = SettingsText(name: request.name, bytes: Array(request.text.utf8))
        let prepared = try prepare { () throws(SettingsStoreError) in
            try settingsBoard.prepare(applying: text, by: changeNote(actor))
        }
        if request.dryRun == true { return try outcome(ofTrying: prepared) }
        return try await carryOut(prepared, by: actor, as: ("settings", "version \(before)", "applied \(request.name)"))
    }

    public func exportSettings(_ version: Int?, by actor: ControlActor) async throws(ControlError) -> SettingsExport {
        let number = version ?? settingsBoard.stored.version
        do {
            let text = try settingsBoard.changes(of: number)
            note(actor, "settings", from: nil, to: "exported version \(number)")
            return SettingsExport(version: number, text: String(decoding: text?.bytes ?? [], as: UTF8.self))
        } catch {
            throw ControlError(error)
        }
    }

    /// Who makes a change, and when.
    func changeNote(_ actor: ControlActor) -> SettingsChangeNote {
        SettingsChangeNote(who: actor.name, when: EventTimes.text(Clocks.wall), from: actor.from)
    }

    private func prepare(
        _ make: () throws(SettingsStoreError) -> PreparedChange
    ) throws(ControlError) -> PreparedChange {
        do {
            return try make()
        } catch {
            throw ControlError(error)
        }
    }

    /// Lets a change hold that was prepared, writes it, and tells of each key. `summary` is a line in front of those:
    /// what was done, from what, to what; nil where the keys say it all.
    func carryOut(
        _ prepared: PreparedChange, by actor: ControlActor, as summary: (path: String, old: String, new: String)?
    ) async throws(ControlError) -> SettingsOutcome {
        let before = document
        do {
            try adopt(prepared.document)
            document = try settingsBoard.commit(prepared).document
        } catch {
            restore(before)
            throw ControlError(.invalid, "\(error)")
        }
        await settle()
        let differences = document.differences(from: before)
        if let summary { note(actor, summary.path, from: summary.old, to: summary.new) }
        tell(differences, by: actor)
        return SettingsOutcome(
            version: settingsBoard.stored.version, changes: differences.map(SettingChangeState.init))
    }

    /// A line for each key that changed.
    func tell(_ differences: [SettingDifference], by actor: ControlActor) {
        for difference in differences.prefix(Self.toldDifferences) {
            note(actor, "\(difference.key)", from: difference.old, to: difference.new)
        }
        let rest = differences.count - Self.toldDifferences
        if rest > 0 { note(actor, "settings", from: nil, to: "\(rest) more keys") }
    }

    /// What a change would do, checked as far as that goes without doing it.
    private func outcome(ofTrying prepared: PreparedChange) throws(ControlError) -> SettingsOutcome {
        let next = prepared.document
        if let text = next.packetLog.expression.value, !text.isEmpty { _ = try parse(text) }
        if let template = next.logs.template.value {
            do {
                _ = try PacketTemplate(parsing: template)
            } catch {
                let place = next.logs.template.place ?? SettingsPlace(line: 1, column: 1)
                throw ControlError(.invalid, "\(next.error(at: place, "\(error)"))")
            }
        }
        return SettingsOutcome(version: nil, changes: next.differences(from: document).map(SettingChangeState.init))
    }
}

extension SettingChangeState {
    init(_ difference: SettingDifference) {
        self.init(key: "\(difference.key)", old: difference.old, new: difference.new)
    }
}

extension ControlError {
    init(_ error: SettingsStoreError) {
        let code: Code =
            switch error {
            case .faults, .key, .torn: .invalid
            case .unknown: .notFound
            case .overtaken: .conflict
            case .system, .newer: .unavailable
            }
        self.init(code, error.description)
    }
}
