public import ControlMessages
import NIOHTTP1

extension DaemonClient {
    /// Every version of the changed settings, the newest first.
    public func settingsHistory() async throws -> [SettingsVersionState] { try await list("/v1/settings/history") }

    /// What is not the same in two versions; nil is what holds now.
    public func settingsDifferences(from old: Int, to new: Int?) async throws -> [SettingChangeState] {
        try await list("/v1/settings/diff?from=\(old)" + (new.map { "&to=\($0)" } ?? ""))
    }

    public func revertSettings(_ request: SettingsReversion) async throws -> SettingsOutcome {
        try await answer(.POST, "/v1/settings/revert", request)
    }

    public func applySettings(_ request: SettingsApplication) async throws -> SettingsOutcome {
        try await answer(.POST, "/v1/settings/apply", request)
    }

    public func exportSettings(version: Int?) async throws -> SettingsExport {
        try await get("/v1/settings/export" + (version.map { "?version=\($0)" } ?? ""))
    }
}
