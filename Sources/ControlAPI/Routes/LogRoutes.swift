import ControlMessages
import HTTPTypes
import Hummingbird

extension ControlRoutes {
    var logRoutes: [Route] {
        [
            .get("/v1/logs", .logsRead) { _, _ in try .json(Listing(await engine.logs())) }
                .documented("All logs", .list(of: LogState.self)),
            .get("/v1/logs/{name}", .logsRead) { request, context in
                let query = try LogQuery(items: try Self.query(request))
                return try .json(await engine.logPage(try context.segment("name"), query))
            }
            .documented("Lines of a log", .json(LogPage.self), query: Self.logQuery),
            .get("/v1/logs/{name}/live", .logsRead) { request, context in try await liveLog(request, context) }
                .documented("New lines of a log as they come", .events("lines", LogPage.self), query: Self.logQuery),
            .change(.delete, "/v1/logs/{name}", .logsClear) { _, context in
                try await engine.clearLog(try context.segment("name"), by: context.actor)
                return Response(status: .noContent)
            }
            .documented("Clear a log: its file and all rotated ones", .nothing),
        ]
    }

    private static var logQuery: [ParameterDocument] {
        [
            .integer("limit", "Lines at most; 100, and 10,000 at most."),
            .text("grep", "A regular expression (PCRE2) that the line meets."),
            .flag("ignore_case", "Upper and lower case are the same to grep."),
            .text("match", "An expression that the line's record meets."),
            .text("kind", "A kind of record, as in packet or gap.", repeated: true),
            .text("since", "Only lines from this time on (RFC 3339)."),
            .text("until", "Only lines before this time (RFC 3339)."),
            .text("after", "Where the page begins: `next` of the one before."),
            .text("before", "Where the page ends: `first` of the one behind it."),
            .flag("from_beginning", "The first lines that are selected, in place of the last ones."),
            .flag("json", "Records as JSON objects beside the lines."),
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
