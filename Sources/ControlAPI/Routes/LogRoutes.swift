import ControlMessages
import HTTPTypes
import Hummingbird

extension ControlRoutes {
    var logRoutes: [Route] {
        [
            .get("/v1/logs", .logsRead) { _, _ in try .json(Listing(await engine.logs())) },
            .get("/v1/logs/{name}", .logsRead) { request, context in
                let query = try LogQuery(items: try Self.query(request))
                return try .json(await engine.logPage(try context.segment("name"), query))
            },
            .get("/v1/logs/{name}/live", .logsRead) { request, context in try await liveLog(request, context) },
            .change(.delete, "/v1/logs/{name}", .logsClear) { _, context in
                try await engine.clearLog(try context.segment("name"), by: context.actor)
                return Response(status: .noContent)
            },
        ]
    }

    /// New lines as events of the name `lines`, each a `LogPage`. Their ids are places in the log: who was cut off
    /// comes back with Last-Event-ID and goes on where it was.
    private func liveLog(_ request: Request, _ context: ControlContext) async throws -> Response {
        var query = try LogQuery(items: try Self.query(request))
        if let last = request.headers[.lastEventID] { query.after = last }
        let slot = try slots.take()
        let pages = try await engine.followLog(try context.segment("name"), query)
        return PatientWriter.response(
            to: request, headers: ServerSentEvents.headers, signOfLife: ServerSentEvents.signOfLife, slot: slot,
            limits: limits
        ) { writer in
            for await page in pages {
                try await writer.write(ServerSentEvents.event("lines", id: page.next, page))
            }
        }
    }
}

extension HTTPField.Name {
    fileprivate static var lastEventID: Self { Self("Last-Event-ID")! }
}
