public import ControlMessages

/// Versions of settings that are made up: 2 holds, 1 is kept.
extension MadeUpEngine {
    private static let changes = [
        SettingChangeState(key: "logs.debug.keep", old: "8", new: "12"),
        SettingChangeState(key: "groups.office", old: nil, new: "[10.0.0.0/8]"),
    ]

    public func settingsHistory() async throws(ControlError) -> [SettingsVersionState] {
        [
            SettingsVersionState(
                version: 2, who: "jane", when: "2026-11-21T10:00:00Z", from: "192.0.2.7", what: "apply changes.yaml",
                current: true),
            SettingsVersionState(
                version: 1, who: "root", when: "2026-11-20T10:00:00Z", from: "unix socket, pid 4711",
                what: "set logs.debug.keep", current: false),
        ]
    }

    public func settingsDifferences(
        from old: Int, to new: Int?
    ) async throws(ControlError) -> [SettingChangeState] {
        guard 0...2 ~= old, 0...2 ~= new ?? 2 else { throw ControlError(.notFound, "there is no such version") }
        return old == new ?? 2 ? [] : Self.changes
    }

    public func revertSettings(
        _ request: SettingsReversion, by actor: ControlActor
    ) async throws(ControlError) -> SettingsOutcome {
        guard 0...2 ~= request.version else {
            throw ControlError(.notFound, "there is no version \(request.version)")
        }
        if request.dryRun == true { return SettingsOutcome(version: nil, changes: Self.changes) }
        note("revert \(request.version)", by: actor)
        return SettingsOutcome(version: 3, changes: Self.changes)
    }

    public func applySettings(
        _ request: SettingsApplication, by actor: ControlActor
    ) async throws(ControlError) -> SettingsOutcome {
        guard !request.text.contains("wrong") else {
            throw ControlError(.invalid, "\(request.name):1:1: there is no \"wrong\" in the settings")
        }
        if request.dryRun == true { return SettingsOutcome(version: nil, changes: Self.changes) }
        note("apply \(request.name)", by: actor)
        return SettingsOutcome(version: 3, changes: [])
    }

    public func exportSettings(_ version: Int?, by actor: ControlActor) async throws(ControlError) -> SettingsExport {
        note("export \(version ?? 2)", by: actor)
        return SettingsExport(version: version ?? 2, text: "logs: { debug: { keep: 12 } }\n")
    }
}
