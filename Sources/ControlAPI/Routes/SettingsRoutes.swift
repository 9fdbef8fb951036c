import ControlMessages
import Hummingbird

extension ControlRoutes {
    var settingsRoutes: [Route] {
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
