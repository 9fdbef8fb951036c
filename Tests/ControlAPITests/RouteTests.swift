import ControlClient
import ControlMessages
import ControlTestSupport
import Foundation
import TestSupport
import Testing

@testable import ControlAPI

@Suite("Every question has its answer")
struct RouteTests {
    @Test("Status")
    func status() async throws {
        try await Gateway.with { gateway async throws in
            let status = try await gateway.client.status()
            #expect(status == (await gateway.engine.baseStatus))
        }
    }

    @Test("Packet logging is set, shown and ended, and the engine learns who did it")
    func packetLog() async throws {
        try await Gateway.with { gateway async throws in
            #expect(try await gateway.client.packetLog().expression == nil)
            #expect(try await gateway.client.setPacketLog("port = 80").expression == "port = 80")
            #expect(try await gateway.client.packetLog().meaning == "Packets of port = 80.")
            #expect(try await gateway.client.setPacketLog(nil).expression == nil)
            let actors = await gateway.engine.actors
            #expect(actors.count == 2)
            #expect(actors.allSatisfy { $0.from == "unix socket, pid \(ProcessInfo.processInfo.processIdentifier)" })
            #expect(actors.first?.name == NSUserName())
        }
    }

    @Test("A broken expression comes back with its picture")
    func brokenExpression() async throws {
        try await Gateway.with { gateway async throws in
            let error = await #expect(throws: DaemonError.self) {
                _ = try await gateway.client.setPacketLog("nonsense")
            }
            guard case .refused(let refusal) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(refusal.code == .invalid)
            #expect(refusal.message == "1:1: this is no expression\n  nonsense\n  ^")
            #expect(try await gateway.client.explain("any").meaning == "Packets of any.")
        }
    }

    @Test("Dumps are started, listed, stopped, downloaded and removed")
    func dumps() async throws {
        try await Gateway.with { gateway async throws in
            let client = gateway.client
            let started = try await client.startDump(DumpRequest(name: "office", expression: "port = 80"))
            #expect(started.phase == .running)
            #expect(try await client.dumps() == [started])
            #expect(try await client.dump("office") == started)
            #expect(try await client.stopDump("office").phase == .finished)
            let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let paths = [
                try gateway.file("a", Array(bytes[..<300_000])), try gateway.file("empty", []),
                try gateway.file("b", Array(bytes[300_000...])),
            ]
            await gateway.engine.change { $0.dumpPaths = paths }
            var got: [UInt8] = []
            try await client.downloadDump("office") { piece, length in
                #expect(length == bytes.count)
                for index in 0..<piece.byteCount { got.append(piece.unsafeLoad(fromByteOffset: index, as: UInt8.self)) }
            }
            #expect(got == bytes)
            got = []
            try await client.downloadDump("office", file: 1) { piece, _ in
                for index in 0..<piece.byteCount { got.append(piece.unsafeLoad(fromByteOffset: index, as: UInt8.self)) }
            }
            #expect(got == Array(bytes[..<300_000]))
            try await client.removeDump("office")
            #expect(try await client.dumps().isEmpty)
            #expect(await Gateway.wait { gateway.server.openStreams == 0 })
        }
    }

    @Test("Logs are listed, read, searched, followed and cleared")
    func logs() async throws {
        try await Gateway.with { gateway async throws in
            let client = gateway.client
            #expect(try await client.logs().map(\.name) == ["debug", "filter"])
            var query = LogQuery()
            query.limit = 2
            #expect(try await client.logPage("debug", query).lines == ["two", "three"])
            query.grep = "tw"
            #expect(try await client.logPage("debug", query).lines == ["two"])
            struct Enough: Error {}
            var lines: [String] = []
            await #expect(throws: Enough.self) {
                try await client.followLog("debug", LogQuery()) { page in
                    lines += page.lines
                    throw Enough()
                }
            }
            #expect(lines == ["one", "two", "three"])
            try await client.clearLog("debug")
            #expect(try await client.logPage("debug", LogQuery()).lines.isEmpty)
        }
    }

    @Test("Interfaces, lists and settings")
    func surroundings() async throws {
        try await Gateway.with { gateway async throws in
            let client = gateway.client
            let interface = InterfaceState(
                name: "LAN", device: "eth1", index: 3, kind: "ethernet", trusted: true, isUp: true, isCaptured: true)
            await gateway.engine.change { $0.interfaceStates = [interface] }
            #expect(try await client.interfaces() == [interface])
            let list = AddressListState(name: "my office/2 %41 ä", ranges: 4)
            await gateway.engine.change { $0.listStates = [list] }
            #expect(try await client.lists() == [list])
            #expect(try await client.list(named: list.name) == list)
            #expect(try await client.settings().map(\.value) == ["8"])
            #expect(try await client.setSetting("logs.debug.keep", to: "12").map(\.value) == ["12"])
            #expect(try await client.setSetting("logs.debug.keep", to: nil).map(\.value) == ["8"])
            try await client.reload()
            #expect(await gateway.engine.calls.last == "reload")
        }
    }

    @Test("The live status comes again and again")
    func liveStatus() async throws {
        try await Gateway.with { gateway async throws in
            struct Enough: Error {}
            var count = 0
            await #expect(throws: Enough.self) {
                try await gateway.client.watchStatus(interval: 0.1) { status in
                    #expect(status.gateway == "gw")
                    count += 1
                    if count == 3 { throw Enough() }
                }
            }
            #expect(await Gateway.wait { gateway.server.openStreams == 0 })
        }
    }
}
