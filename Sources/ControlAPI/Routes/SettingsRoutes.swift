import ControlMessages
import Hummingbird

extension ControlRoutes {
    var settingsRoutes: [Route] { valueRoutes + historyRoutes }

    /// Versions of the changes.
    private var historyRoutes: [Route] {
        [
            .get("/v1/settings/history", .settingsRead) { _, _ in
                try .json(Listing(await engine.settingsHistory()))
            }
            .documented(
                "Every version of the changed settings, the newest first", .list(of: SettingsVersionState.self)),
            .get("/v1/settings/diff", .settingsRead) { request, _ in try await difference(request) }
                .documented(
                    "What is not the same in two versions", .list(of: SettingChangeState.self),
                    query: [
                        .integer("from", "The older version; 0 is the administrator's file alone."),
                        .integer("to", "The newer version; without it, what holds now."),
                    ]),
            .change(.post, "/v1/settings/revert", .settingsChange) { request, context in
                let wanted: SettingsReversion = try await request.message(limits)
                return try .json(await engine.revertSettings(wanted, by: context.actor))
            }
            .documented(
                "Let an earlier version hold again", .json(SettingsOutcome.self), takes: SettingsReversion.self),
            .change(.post, "/v1/settings/apply", .settingsChange) { request, context in
                let wanted: SettingsApplication = try await request.message(limits)
                return try .json(await engine.applySettings(wanted, by: context.actor))
            }
            .documented(
                "Put a text in place of all changes", .json(SettingsOutcome.self), takes: SettingsApplication.self),
            // Secrets stand in it: only who may set them may see them, and it is told who did.
            Route(.get, "/v1/settings/export", .scope(.settingsChange), isAudited: true) { request, context in
                let version = try Self.parameter("version", request).map { try Self.version("version", $0) }
                return try .json(await engine.exportSettings(version, by: context.actor))
            }
            .documented(
                "The changes as a text that can be applied again", .json(SettingsExport.self),
                query: [.integer("version", "Which version; without it, the one that holds.")]),
        ]
    }

    private func difference(_ request: Request) async throws -> Response {
        var from: Int?
        var to: Int?
        for item in try Self.query(request) {
            switch item.name {
            case "from": from = try Self.version("from", item.value)
            case "to": to = try Self.version("to", item.value)
            default:
                throw ControlError(.invalid, "there is no parameter \"\(item.name)\" here; there are from, to")
            }
        }
        guard let from else { throw ControlError(.invalid, "from is missing: the number of a version") }
        return try .json(Listing(await engine.settingsDifferences(from: from, to: to)))
    }

    private static func version(_ name: String, _ text: String) throws(ControlError) -> Int {
        guard let number = Int(text), 0...999_999_999 ~= number else {
            throw ControlError(.invalid, "\(name) takes the number of a version, not \"\(text)\"")
        }
        return number
    }

    private var valueRoutes: [Route] {
        [
            .get("/v1/settings", .settingsRead) { _, _ in try .json(Listing(await engine.settings())) }
                .documented("All settings that hold, with their origins", .list(of: SettingState.self)),
            .change(.put, "/v1/settings/{key}", .settingsChange) { request, context in
                let wanted: SettingValue = try await request.message(limits)
                return try await set(wanted.value, context)
            }
            .documented("Set a key", .list(of: SettingState.self), takes: SettingValue.self),
            .change(.delete, "/v1/settings/{key}", .settingsChange) { _, context in try await set(nil, context) }
                .documented("Take a change of a key back", .list(of: SettingState.self)),
            .change(.post, "/v1/reload", .settingsChange) { _, context in
                try await engine.reload(by: context.actor)
                return Response(status: .noContent)
            }
            .documented("Read the settings again, as SIGHUP does", .nothing),
        ]
    }

    private func set(_ value: String?, _ context: ControlContext) async throws -> Response {
        let key = try context.segment("key")
        return try .json(Listing(try await engine.setSetting(key, to: value, by: context.actor)))
    }
}
