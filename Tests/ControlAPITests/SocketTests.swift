import ControlClient
import ControlMessages
import ControlTestSupport
import Foundation
import Logging
import SystemCalls
import Testing

@testable import ControlAPI

@Suite("The socket's file")
struct SocketTests {
    private static func folder() -> String { "/tmp/gatelog-\(UUID().uuidString.prefix(8))" }

    private static func start(_ path: String) async throws(ControlServerError) -> ControlServer {
        try await ControlServer.start(
            engine: MadeUpEngine(), socket: ControlSocket(path: path), logger: Logger(label: "test"))
    }

    private static func mode(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? -1
    }

    @Test("It is for few, its folder too, and gone after the end")
    func permissions() async throws {
        try await Gateway.with { gateway async throws in
            let path = gateway.client.socket
            #expect(try Self.mode(path) == 0o660)
            #expect(try Self.mode((path as NSString).deletingLastPathComponent) == 0o750)
            await gateway.server.stop()
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(!FileManager.default.fileExists(atPath: "\(path).new"))
        }
    }

    @Test("A second daemon is told that there is one, and the first goes on")
    func second() async throws {
        try await Gateway.with { gateway async throws in
            let path = gateway.client.socket
            let error = await #expect(throws: ControlServerError.self) { _ = try await Self.start(path) }
            #expect(error?.description.hasPrefix("another daemon listens at \(path) already") == true)
            #expect(try await gateway.client.status().gateway == "gw")
        }
    }

    @Test("The file of a daemon that is gone makes room")
    func stale() async throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/api.sock"
        // A bound socket that nobody listens on refuses connections, as that of a killed daemon does.
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        #expect(bound == 0)
        close(descriptor)
        let server = try await Self.start(path)
        #expect(try await DaemonClient(socket: path).status().gateway == "gw")
        await server.stop()
    }

    @Test("A file that is no socket stays")
    func file() async throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/api.sock"
        try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
        let error = await #expect(throws: ControlServerError.self) { _ = try await Self.start(path) }
        #expect(error?.description.contains("is no socket") == true)
        #expect(FileManager.default.contents(atPath: path) == Data("precious".utf8))
    }

    @Test("A path that is too long, and a group that is not there, are said")
    func sentences() async throws {
        let long = "/tmp/\(String(repeating: "x", count: 110))/api.sock"
        let tooLong = await #expect(throws: ControlServerError.self) { _ = try await Self.start(long) }
        #expect(tooLong?.description.contains("at most 103 bytes") == true)
        let folder = Self.folder()
        let noGroup = await #expect(throws: ControlServerError.self) {
            _ = try await ControlServer.start(
                engine: MadeUpEngine(), socket: ControlSocket(path: "\(folder)/api.sock", group: "no-such-group"),
                logger: Logger(label: "test"))
        }
        #expect(noGroup?.description.contains("groupadd no-such-group") == true)
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test("A client that may not open the socket learns it", .enabled(if: getuid() != 0, "root may open everything"))
    func notPermitted() async throws {
        try await Gateway.with { gateway async throws in
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: gateway.client.socket)
            let error = await #expect(throws: DaemonError.self) { _ = try await gateway.client.status() }
            #expect(error == .notPermitted(socket: gateway.client.socket))
        }
    }
}
