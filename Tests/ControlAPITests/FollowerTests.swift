import ControlAPI
import ControlClient
import ControlMessages
import ControlTestSupport
import Foundation
import NIOCore
import Testing

@Suite("Followers that are slow, gone, or many")
struct FollowerTests {
    private static let live = Array("GET /v1/logs/debug/live HTTP/1.1\r\nHost: x\r\n\r\n".utf8)

    /// A page of a megabyte: a few of them fill every buffer between two processes.
    private static var bigPage: LogPage {
        LogPage(lines: [String](repeating: String(repeating: "x", count: 1000), count: 1000), more: false)
    }

    private static var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0) * 4096
    }

    @Test("Who does not read loses the connection, and costs what the buffers hold")
    func slow() async throws {
        var limits = ControlLimits()
        limits.patience = .milliseconds(400)
        limits.heartbeat = .milliseconds(100)
        try await Gateway.with(limits: limits) { gateway async throws in
            let channel = try await RawConnection.open(gateway.client.socket)
            try await channel.executeThenClose { _, outbound in
                try await channel.channel.setOption(.autoRead, value: false).get()
                try await outbound.write(ByteBuffer(bytes: Self.live))
                #expect(await Gateway.wait { await gateway.engine.followerCount == 1 })
                let before = Self.residentBytes
                for _ in 0..<200 {
                    await gateway.engine.publish(Self.bigPage)
                    try await Task.sleep(for: .milliseconds(2))
                }
                // The engine keeps 16 pages for a follower; what is above that, and above 200 MB sent, would be growth.
                #expect(Self.residentBytes - before < 120 << 20)
                #expect(await Gateway.wait { gateway.server.openStreams == 0 })
                #expect(await Gateway.wait { await gateway.engine.followerCount == 0 })
            }
        }
    }

    @Test("Who goes away is forgotten at once, though nothing is written", arguments: [false, true])
    func vanished(midEvent: Bool) async throws {
        try await Gateway.with { gateway async throws in
            for _ in 0..<20 {
                let channel = try await RawConnection.open(gateway.client.socket)
                try await channel.executeThenClose { inbound, outbound in
                    try await outbound.write(ByteBuffer(bytes: Self.live))
                    if midEvent { for try await _ in inbound { break } }
                }
            }
            #expect(await Gateway.wait { gateway.server.openStreams == 0 })
            #expect(await Gateway.wait { await gateway.engine.followerCount == 0 })
        }
    }

    @Test("As many as there are places, and no more")
    func many() async throws {
        var limits = ControlLimits()
        limits.streams = 3
        try await Gateway.with(limits: limits) { gateway async throws in
            let client = gateway.client
            let followers = (0..<3).map { _ in Task { try await client.followLog("debug", LogQuery()) { _ in } } }
            #expect(await Gateway.wait { gateway.server.openStreams == 3 })
            let error = await #expect(throws: DaemonError.self) {
                try await client.followLog("debug", LogQuery()) { _ in }
            }
            guard case .refused(let refusal) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(refusal.code == .tooMany)
            #expect(refusal.message.contains("3 live views"))
            _ = try await client.status()
            for follower in followers { follower.cancel() }
            #expect(await Gateway.wait { gateway.server.openStreams == 0 })
            #expect(try await client.watchOnce().gateway == "gw")
        }
    }

    @Test("Followers see every page, in order, with its id; a silent stream shows that it lives")
    func pages() async throws {
        var limits = ControlLimits()
        limits.heartbeat = .milliseconds(50)
        try await Gateway.with(limits: limits) { gateway async throws in
            let channel = try await RawConnection.open(gateway.client.socket)
            let text = try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(
                    ByteBuffer(string: "GET /v1/logs/debug/live HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 7:9\r\n\r\n"))
                #expect(await Gateway.wait { await gateway.engine.followerCount == 1 })
                #expect(await gateway.engine.calls.contains("follow debug after 7:9"))
                var page = LogPage(lines: ["four\nforged: event"], more: false)
                page.next = "8:1"
                page.missed = 5
                await gateway.engine.publish(page)
                var text = ""
                for try await piece in inbound {
                    text += String(buffer: piece)
                    if text.contains("missed\":5"), text.contains("\n:\n") { break }
                }
                return text
            }
            #expect(text.contains("event: lines\nid: 3\ndata: {\"first\":\"0\",\"lines\":[\"one\",\"two\",\"three\"]"))
            #expect(text.contains("id: 8:1\ndata: {\"lines\":[\"four\\nforged: event\"],\"missed\":5"))
        }
    }

    @Test("A server that stops ends its streams in good order")
    func stop() async throws {
        try await Gateway.with { gateway async throws in
            let client = gateway.client
            let follower = Task { try await client.followLog("debug", LogQuery()) { _ in } }
            #expect(await Gateway.wait { gateway.server.openStreams == 1 })
            let start = ContinuousClock.now
            await gateway.server.stop()
            #expect(ContinuousClock.now - start < ControlLimits().farewell)
            guard case .failure(let error) = await follower.result else {
                Issue.record("a follower does not end by itself")
                return
            }
            #expect("\(error)".hasSuffix("the daemon stopped"))
            await #expect(throws: DaemonError.notRunning(socket: client.socket)) { _ = try await client.status() }
        }
    }

    @Test("A request that never ends does not keep the server from stopping")
    func stubborn() async throws {
        var limits = ControlLimits()
        limits.farewell = .milliseconds(200)
        try await Gateway.with(limits: limits) { gateway async throws in
            let channel = try await RawConnection.open(gateway.client.socket)
            try await channel.executeThenClose { _, outbound in
                try await outbound.write(ByteBuffer(string: "PUT /v1/packet-log HTTP/1.1\r\nContent-Length: 9\r\n\r\n"))
                try await Task.sleep(for: .milliseconds(50))
                let start = ContinuousClock.now
                await gateway.server.stop()
                #expect(ContinuousClock.now - start < .seconds(10))
            }
        }
    }
}

extension DaemonClient {
    /// The first status of a live one.
    fileprivate func watchOnce() async throws -> EngineStatus {
        struct Enough: Error {}
        let seen = LockedList<EngineStatus>()
        do {
            try await watchStatus(interval: 1) { status in
                seen.append(status)
                throw Enough()
            }
        } catch is Enough {}
        return seen.all[0]
    }
}
