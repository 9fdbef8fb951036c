import ControlMessages
import Hummingbird

extension ControlRoutes {
    var statusRoutes: [Route] {
        [
            .get("/v1/status", .statusRead) { _, _ in try .json(await engine.status()) }
                .documented("What the daemon does, what it lost, what to do about it", .json(EngineStatus.self)),
            .get("/v1/status/live", .statusRead) { request, _ in try liveStatus(request) }
                .documented(
                    "The status again and again", .events("status", EngineStatus.self),
                    query: [.number("interval", "Seconds between two, from 0.1 to 3600; 1.")]),
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
