import ControlMessages
import Hummingbird

extension ControlRoutes {
    var dumpRoutes: [Route] {
        [
            .get("/v1/dumps", .dumpsRead) { _, _ in try .json(Listing(await engine.dumps())) }
                .documented("All dumps, running and finished", .list(of: DumpState.self)),
            .change(.post, "/v1/dumps", .dumpsChange) { request, context in
                let wanted: DumpRequest = try await request.message(limits)
                try Self.check(wanted.name)
                return try .json(await engine.startDump(wanted, by: context.actor), status: .created)
            }
            .documented("Start a dump", .created(DumpState.self), takes: DumpRequest.self),
            .get("/v1/dumps/{name}", .dumpsRead) { _, context in try .json(await dump(try Self.name(context))) }
                .documented("A dump", .json(DumpState.self)),
            .change(.delete, "/v1/dumps/{name}", .dumpsChange) { _, context in
                try await engine.removeDump(try Self.name(context), by: context.actor)
                return Response(status: .noContent)
            }
            .documented("Remove a finished dump with its files", .nothing),
            .change(.post, "/v1/dumps/{name}/stop", .dumpsChange) { _, context in
                try .json(await engine.stopDump(try Self.name(context), by: context.actor))
            }
            .documented("Stop a dump", .json(DumpState.self)),
            // Nothing changes, but packets leave the gateway: who took them is told.
            Route(.get, "/v1/dumps/{name}/file", .scope(.dumpsDownload), isAudited: true) { request, context in
                try await download(request, context)
            }
            .documented(
                "Download a dump", .file("application/x-pcapng"),
                query: [.integer("file", "The Nth file of a ring, the oldest first; all of them without it.")]),
        ]
    }

    private func dump(_ name: String) async throws(ControlError) -> DumpState {
        guard let dump = await engine.dumps().first(where: { $0.name == name }) else {
            throw ControlError(.notFound, "there is no dump \"\(name)\"")
        }
        return dump
    }

    /// The dump's name in the path; one that cannot be a dump's never reaches the engine.
    private static func name(_ context: ControlContext) throws(ControlError) -> String {
        let name = try context.segment("name")
        guard DumpRequest.isName(name) else { throw ControlError(.notFound, "there is no dump \"\(name)\"") }
        return name
    }

    private static func check(_ name: String) throws(ControlError) {
        guard DumpRequest.isName(name) else {
            throw ControlError(
                .invalid,
                """
                "\(name)" cannot be a dump's name: it takes letters, digits, -, _ and ., at most 64, and no dot \
                in front
                """)
        }
    }

    /// The dump as one pcapng file: the files of a ring behind each other, each a section (that is what the format
    /// has them for), or with `file=N` the Nth, the oldest first.
    private func download(_ request: Request, _ context: ControlContext) async throws -> Response {
        let name = try Self.name(context)
        var paths = try await engine.dumpFiles(name, by: context.actor)
        var fileName = "\(name).pcapng"
        if let text = try Self.parameter("file", request) {
            guard let number = Int(text), 1...max(paths.count, 1) ~= number, !paths.isEmpty else {
                throw ControlError(.invalid, "file takes a number from 1 to \(paths.count), not \"\(text)\"")
            }
            paths = [paths[number - 1]]
            fileName = "\(name)-\(number).pcapng"
        }
        let slot = try slots.take()
        let files = try FileSequence(paths)
        return PatientWriter.response(
            to: request,
            headers: [
                .contentType: "application/x-pcapng",
                .contentDisposition: "attachment; filename=\"\(fileName)\"",
                .cacheControl: "no-store",
            ],
            length: files.size, slot: slot, limits: limits
        ) { writer in
            while let chunk = try await files.next() { try await writer.write(chunk) }
        }
    }
}
