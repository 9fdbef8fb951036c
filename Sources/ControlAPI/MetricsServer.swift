public import ControlMessages
import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Tells metrics over TCP on the loopback, where the settings want it: one route, read-only, without any log line,
/// address or name of a user in it. Who may open a connection on this machine may read them.
public final class MetricsServer: Sendable {
    /// Connections at once; further ones wait.
    private static let connections = 16

    private let services: ServiceGroup
    private let serving: Task<Void, any Error>

    private init(services: ServiceGroup, serving: Task<Void, any Error>) {
        self.services = services
        self.serving = serving
    }

    /// Begins to listen, and returns when it can be connected to.
    public static func start(
        engine: any EngineControl, host: String, port: Int, logger: Logger
    ) async throws(ControlServerError) -> MetricsServer {
        var logger = logger
        logger.logLevel = .critical
        let (bound, isBound) = AsyncStream.makeStream(of: Void.self)
        let application = Application(
            router: router(engine),
            server: .http1(configuration: HTTP1Channel.Configuration(idleTimeout: .seconds(75))),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: "gatelog",
                availableConnectionsDelegate: .maximum(connections, logger: logger)),
            onServerRunning: { _ in isBound.yield() },
            logger: logger)
        let services = ServiceGroup(configuration: .init(services: [application], logger: logger))
        let serving = Task {
            defer { isBound.finish() }
            try await services.run()
        }
        var iterator = bound.makeAsyncIterator()
        guard await iterator.next() != nil else {
            guard case .failure(let error) = await serving.result else {
                throw ControlServerError("it ended at once")
            }
            throw ControlServerError("\(error)")
        }
        return MetricsServer(services: services, serving: serving)
    }

    /// Stops listening; what is being answered has two seconds.
    public func stop() async {
        await services.triggerGracefulShutdown()
        let patience = Task {
            try await Task.sleep(for: .seconds(2))
            serving.cancel()
        }
        _ = await serving.result
        patience.cancel()
    }

    private static func router(_ engine: any EngineControl) -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: OwnHostOnly())
        router.get("/metrics") { request, _ in await ControlRoutes.metrics(of: engine, request) }
        return router
    }
}

/// Refuses requests that were meant for another host: a page of the web in a browser on this machine must not read the
/// metrics by a name of its own that leads here (DNS rebinding).
struct OwnHostOnly: RouterMiddleware {
    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        guard Self.isOwn(request.head.authority ?? "") else {
            return Response(
                status: .misdirectedRequest, headers: [.contentType: "text/plain; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: "metrics are for this machine alone\n")))
        }
        return try await next(request, context)
    }

    /// Whether a Host field names this machine: an address of the loopback, or localhost.
    static func isOwn(_ authority: String) -> Bool {
        let host: Substring
        if authority.hasPrefix("[") {
            host = authority.dropFirst().prefix { $0 != "]" }
        } else {
            host = authority.prefix { $0 != ":" }
        }
        let isAddress = host.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") }
        return host.lowercased() == "localhost" || host == "::1" || isAddress && host.hasPrefix("127.")
    }
}
