import ArgumentParser
import ControlAPI
import ControlMessages
import Engine
import Logging
import SystemCalls

/// The engine and its API, from the start to the signal that ends them.
struct Daemon {
    private let command: DaemonCommand
    private let service = ServiceReporter()

    init(_ command: DaemonCommand) { self.command = command }

    /// Runs until one of `signals` ends it.
    func run(_ signals: AsyncStream<DaemonSignal>) async -> ExitCode {
        do {
            try await serve(signals)
            return .success
        } catch {
            Self.say("gatelogd: \(error)")
            return ExitCode(2)
        }
    }

    private func serve(_ signals: AsyncStream<DaemonSignal>) async throws {
        let options = command.options
        let engine = try GatewayEngine(options)
        // Another daemon under the same folder must be noticed before anything is captured.
        let server = try await ControlServer.start(
            engine: engine,
            socket: ControlSocket(
                path: options.home.socket, group: Self.group(engine), isOpen: Self.isOpen(engine)),
            access: BearerAccess(
                engine,
                else: PeerAccess(groups: {
                    let groups = engine.accessGroups
                    return PeerAccess.Groups(
                        administrators: groups.administrators, readers: groups.readers, door: groups.door)
                })),
            logger: Self.logger)
        do {
            try await engine.start()
        } catch {
            await server.stop()
            _ = await engine.stop()
            throw error
        }
        Self.say(await engine.greeting)
        service.tell(.ready)
        let watch = Task { [service] in await service.watch(engine) }
        let metrics = Task { await MetricsDoor.serve(engine, logger: Self.logger) }
        let console = command.console ? Task { await Self.follow(engine) } : nil
        await obey(signals, engine)
        watch.cancel()
        metrics.cancel()
        await metrics.value
        service.tell(.stopping, .status("writing everything out"))
        console?.cancel()
        await server.stop()
        Self.say("gatelogd: stopped; \(await engine.stop())")
    }

    private static var logger: Logger { Logger(label: "gatelogd") { StreamLogHandler.standardError(label: $0) } }

    /// The group that the socket belongs to; a machine that does not have it keeps the socket to the daemon's user.
    private static func group(_ engine: GatewayEngine) -> String? {
        engine.accessGroups.administrators.flatMap { UserDatabase.group(named: $0) == nil ? nil : $0 }
    }

    /// Whether others than the group have to reach the socket: readers, and the page's process.
    private static func isOpen(_ engine: GatewayEngine) -> Bool {
        let groups = engine.accessGroups
        return groups.readers != nil || groups.door.flatMap { UserDatabase.user(named: $0) } != nil
    }

    /// Acts upon signals until one of them ends the daemon.
    private func obey(_ signals: AsyncStream<DaemonSignal>, _ engine: GatewayEngine) async {
        for await signal in signals {
            switch signal {
            case .terminate, .interrupt: return
            case .hangUp:
                service.tell(.reloading)
                do {
                    try await engine.reload(by: ControlActor(name: "root", from: "SIGHUP"))
                } catch {
                    Self.say("gatelogd: \(error)")
                }
                service.tell(.ready)
            case .user1: await engine.reopenLogs()
            }
        }
    }

    /// Prints the Debug log's new lines.
    private static func follow(_ engine: GatewayEngine) async {
        var query = LogQuery()
        query.limit = 0
        guard let pages = try? await engine.followLog("debug", query) else { return }
        for await page in pages {
            for line in page.lines { print(line) }
        }
    }

    /// A line to standard error.
    static func say(_ text: String) {
        try? FileDescriptor.standardError.write(Array((text + "\n").utf8).span.bytes)
    }
}
