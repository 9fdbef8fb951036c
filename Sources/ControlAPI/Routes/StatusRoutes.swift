import ControlMessages
import Hummingbird

extension ControlRoutes {
    var statusRoutes: [Route] {
        [
            .get("/v1/status", .statusRead) { _, _ in try .json(await engine.status()) },
            .get("/v1/status/live", .statusRead) { request, _ in try liveStatus(request) },
        ]
    }

    /// The status every `interval` seconds, as events of the name `status`.
    private func liveStatus(_ request: Request) throws -> Response {
        let text = try Self.parameter("interval", request) ?? "1"
        guard let seconds = Double(text), 0.1...3600 ~= seconds else {
            throw ControlError(.invalid, "interval takes seconds from 0.1 to 3600, not \"\(text)\"")
        }
        let slot = try slots.take()
        return PatientWriter.response(
            to: request, headers: ServerSentEvents.headers, signOfLife: ServerSentEvents.signOfLife, slot: slot,
            limits: limits
        ) { writer in
            while !Task.isCancelled {
                try await writer.write(ServerSentEvents.event("status", await engine.status()))
                try await Task.sleep(for: .seconds(seconds))
            }
        }
    }
}
