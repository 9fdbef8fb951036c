public import ControlAPI
public import ControlClient
import ControlMessages
public import Foundation
import Logging

/// A server with a made-up engine in a folder of its own, and a client at its socket.
public struct Gateway: Sendable {
    public let engine: MadeUpEngine
    public let server: ControlServer
    public let client: DaemonClient
    public let folder: URL

    /// Runs `body` with a server that is stopped and taken away afterwards.
    public static func with<Value>(
        limits: ControlLimits = ControlLimits(), access: any ControlAccess = PeerAccess(),
        _ body: (Gateway) async throws -> Value
    ) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gatelog-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let engine = MadeUpEngine()
        let path = folder.appendingPathComponent("run/api.sock").path
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = try await ControlServer.start(
            engine: engine, socket: ControlSocket(path: path), access: access, limits: limits, logger: logger)
        do {
            let value = try await body(
                Gateway(engine: engine, server: server, client: DaemonClient(socket: path), folder: folder))
            await server.stop()
            return value
        } catch {
            await server.stop()
            throw error
        }
    }

    /// Stops the server, as the daemon does at its end.
    public func stop() async { await server.stop() }

    /// Waits until `condition` holds; false after ten seconds.
    public static func wait(_ condition: () async -> Bool) async -> Bool {
        for _ in 0..<1000 {
            if await condition() { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// Writes a file into the folder and returns its path.
    public func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let url = folder.appendingPathComponent(name)
        try Data(bytes).write(to: url)
        return url.path
    }
}
