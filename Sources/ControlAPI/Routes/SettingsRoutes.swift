import ControlMessages
import Hummingbird

extension ControlRoutes {
    var settingsRoutes: [Route] {
        [
            .get("/v1/settings", .settingsRead) { _, _ in try .json(Listing(await engine.settings())) },
            .change(.put, "/v1/settings/{key}", .settingsChange) { request, context in
                let wanted: SettingValue = try await request.message(limits)
                return try await set(wanted.value, context)
            },
            .change(.delete, "/v1/settings/{key}", .settingsChange) { _, context in try await set(nil, context) },
            .change(.post, "/v1/reload", .settingsChange) { _, context in
                try await engine.reload(by: context.actor)
                return Response(status: .noContent)
            },
        ]
    }

    private func set(_ value: String?, _ context: ControlContext) async throws -> Response {
        let key = try context.segment("key")
        return try .json(Listing(try await engine.setSetting(key, to: value, by: context.actor)))
    }
}
