public import ControlMessages
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// The API of a running engine: HTTP on a unix socket, everything that the command line and the page can ask.
public final class ControlServer: Sendable {
    private let socket: ControlSocket
    private let limits: ControlLimits
    private let slots: StreamSlots
    private let node: UInt64
    private let services: ServiceGroup
    private let serving: Task<Void, any Error>

    /// Live streams and downloads that are open.
    public var openStreams: Int { slots.count }

    private init(
        socket: ControlSocket, limits: ControlLimits, slots: StreamSlots, node: UInt64, services: ServiceGroup,
        serving: Task<Void, any Error>
    ) {
        self.socket = socket
        self.limits = limits
        self.slots = slots
        self.node = node
        self.services = services
        self.serving = serving
    }

    /// Begins to listen, and returns when the socket can be connected to. Throws where another daemon listens there
    /// already, or the socket cannot be made.
    public static func start(
        engine: any EngineControl, socket: ControlSocket, access: any ControlAccess = PeerAccess(),
        limits: ControlLimits = ControlLimits(), logger: Logger
    ) async throws(ControlServerError) -> ControlServer {
        try await socket.prepare()
        // What a server tells of itself on the way is nothing for the daemon's log.
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        let slots = StreamSlots(limit: limits.streams)
        let table = ControlRoutes(engine: engine, limits: limits, slots: slots).table
        let (bound, isBound) = AsyncStream.makeStream(of: Void.self)
        let application = Application(
            router: table.router(access: access, limits: limits),
            server: .http1(configuration: http(limits)),
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: socket.birthPath), serverName: "gatelog",
                availableConnectionsDelegate: .maximum(limits.connections, logger: logger)),
            onServerRunning: { _ in isBound.yield() },
            logger: logger)
        let services = ServiceGroup(configuration: .init(services: [application], logger: logger))
        let serving = Task {
            defer { isBound.finish() }
            try await services.run()
        }
        var iterator = bound.makeAsyncIterator()
        guard await iterator.next() != nil else {
            let reason = await serving.result
            if case .failure(let error) = reason {
                throw ControlServerError("the API cannot listen at \(socket.path): \(error)")
            }
            throw ControlServerError("the API cannot listen at \(socket.path)")
        }
        do {
            let node = try socket.publish()
            return ControlServer(
                socket: socket, limits: limits, slots: slots, node: node, services: services, serving: serving)
        } catch {
            serving.cancel()
            throw error
        }
    }

    /// Stops listening, ends the streams, gives requests that are being answered a short while, and removes the socket.
    public func stop() async {
        slots.close()
        socket.remove(node: node)
        await services.triggerGracefulShutdown()
        let patience = Task {
            try await Task.sleep(for: limits.farewell)
            serving.cancel()
        }
        _ = await serving.result
        patience.cancel()
    }

    private static func http(_ limits: ControlLimits) -> HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            idleTimeout: .nanoseconds(Int64(limits.idleTime / .nanoseconds(1))),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes, maxHeaderFieldCount: 100)
        )
    }
}
