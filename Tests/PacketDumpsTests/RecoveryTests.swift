import CaptureFiles
import Foundation
import PacketDecoding
import PacketDumps
import Primitives
import SystemCalls
import TestSupport
import Testing

@Suite("Dumps after a restart")
struct RecoveryTests {
    /// The program that feeds dumps until it is killed, which is built beside the tests.
    private static func feeder() throws -> URL {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("DumpBenchmark")
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("gatelog-dumps-\(UUID().uuidString)", isDirectory: true).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    /// Starts the feeder, lets it write for a moment, and kills it.
    private func kill(_ arguments: [String], after milliseconds: Int) throws {
        let process = Process()
        process.executableURL = try Self.feeder()
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        // It says that it has begun, and ends by itself where it is never killed.
        #expect(!output.fileHandleForReading.availableData.isEmpty)
        usleep(UInt32(milliseconds) * 1_000)
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    @Test("A dump that was killed is whole up to its last block, and is known")
    func killed() async throws {
        var generator = Traffic.generator()
        for round in 0..<12 {
            try await withFolder { folder in
                let workers = 1 + round % 2
                let length = Int.random(in: 60...1_500, using: &generator)
                try kill(
                    ["victim", folder, "\(length)", "\(workers)", "0"], after: Int.random(in: 0...60, using: &generator)
                )
                let store = try DumpStore(folder: folder)
                let mended = try store.recover()
                #expect(mended.count == 1 && mended == store.list())
                let report = try #require(mended.first)
                #expect(report.phase == .finished && report.order.startedBy == "a benchmark")
                #expect(report.reason?.hasPrefix("the engine ended while it ran") == true)
                let path = try store.files("bench")[0]
                let names = try Traffic.names(folder)
                #expect(names == ["bench", "bench/bench.pcapng", "bench/dump.txt"])
                let reading = try Traffic.reading(path)
                #expect(reading.damageCount == 0 && reading.packets.count == Int(report.packets))
                let numbers = try Traffic.numbers(path)
                for worker in 0..<workers {
                    let own = numbers.filter { $0 % workers == worker }
                    #expect(own == (0..<own.count).map { $0 * workers + worker })
                }
                #expect(try Peer.output(of: "capinfos", ["-M", path]).errorText == "")
                // A second start has nothing to mend.
                let again = try DumpStore(folder: folder)
                #expect(try again.recover() == [])
                #expect(again.list() == [report])
                _ = await store.shutdown()
                _ = await again.shutdown()
            }
        }
    }

    @Test("A ring that was killed keeps its whole files and the one under way")
    func killedRing() async throws {
        var generator = Traffic.generator()
        for _ in 0..<8 {
            try await withFolder { folder in
                try kill(["victim", folder, "500", "1", "4"], after: Int.random(in: 20...120, using: &generator))
                let store = try DumpStore(folder: folder)
                let mended = try store.recover()
                let files = try store.files("bench")
                #expect(mended.count == 1 && files.count <= 4 && files.count == mended[0].files)
                #expect(try Traffic.names(folder).allSatisfy { !$0.contains(".part") })
                let numbers = try files.flatMap(Traffic.numbers)
                #expect(numbers.count == Int(mended[0].packets))
                if let first = numbers.first { #expect(numbers == Array(first..<first + numbers.count)) }
                _ = await store.shutdown()
            }
        }
    }

    @Test("A torn block, garbage behind, or nothing at all: what is whole stays")
    func torn() async throws {
        try await withFolder { folder in
            let first = try DumpStore(folder: folder)
            first.feed(try first.start(Traffic.order("web") { $0.expression = "port = 80\nž %" }), 0..<50)
            _ = try await first.stop("web")
            let whole = try Paths.contents("\(folder)/web/web.pcapng")
            let journal = try Paths.contents("\(folder)/web/dump.txt")
            _ = await first.shutdown()
            let running = [UInt8](
                String(decoding: journal, as: UTF8.self).replacing("phase finished", with: "phase running").utf8)
            let garbage = [UInt8](repeating: 0, count: 5_000)
            for end in [whole.count, whole.count - 1, whole.count - 150, 1_000, 400, 100, 3, 0] {
                for tail in [[], garbage, [6, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]] as [[UInt8]] {
                    try? Paths.unlink("\(folder)/web/web.pcapng")
                    try Data(whole[..<end] + tail).write(to: URL(fileURLWithPath: "\(folder)/web/.web.pcapng.part"))
                    try Data(running).write(to: URL(fileURLWithPath: "\(folder)/web/dump.txt"))
                    let store = try DumpStore(folder: folder)
                    let mended = try store.recover()
                    #expect(mended.count == 1 && mended[0].order.expression == "port = 80\nž %")
                    let files = try store.files("web")
                    if let path = files.first {
                        let reading = try Traffic.reading(path)
                        #expect(reading.damageCount == 0 && reading.packets.count == Int(mended[0].packets))
                        #expect(try Traffic.numbers(path) == Array(0..<reading.packets.count))
                    }
                    #expect(files.count == (end >= 200 ? 1 : 0), "\(end)")
                    #expect(try Traffic.names(folder).allSatisfy { !$0.contains(".part") })
                    _ = await store.shutdown()
                }
            }
        }
    }

    @Test("Finished dumps are listed after a restart as they were, and can be removed and replaced")
    func listed() async throws {
        try await withFolder { folder in
            let first = try DumpStore(folder: folder)
            first.feed(try first.start(Traffic.order("a") { $0.maxPackets = 7 }), 0..<9)
            first.feed(
                try first.start(
                    Traffic.order("r") {
                        $0.ring = 2
                        $0.maxBytes = 20_000
                    }), 0..<100)
            _ = try await first.finished("a")
            _ = await first.shutdown()
            let before = first.list()
            let second = try DumpStore(folder: folder)
            #expect(try second.recover() == [])
            #expect(second.list() == before)
            #expect(try second.files("r").flatMap(Traffic.numbers) == Array(0..<100))
            try second.remove("a")
            second.feed(try second.start(Traffic.order("r") { $0.replaces = true }), 0..<3)
            _ = await second.shutdown()
            let third = try DumpStore(folder: folder)
            try third.recover()
            #expect(third.list().map(\.order.name) == ["r"])
            #expect(try third.files("r").map(Traffic.numbers) == [[0, 1, 2]])
            _ = await third.shutdown()
        }
    }

    @Test("What people and crashes leave in the folder does no harm")
    func strangeFolder() async throws {
        try await withFolder { folder in
            let first = try DumpStore(folder: folder)
            first.feed(try first.start(Traffic.order("web")), 0..<5)
            _ = await first.shutdown()
            try Folders.make("\(folder)/.web.new")
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/.web.new/dump.txt"))
            // A replacement that was killed between its two renames.
            try Paths.rename("\(folder)/web", to: "\(folder)/.web.old")
            try Folders.make("\(folder)/.gone.gone")
            try Folders.make("\(folder)/empty")
            try Folders.make("\(folder)/odd name")
            try Folders.make("\(folder)/nojournal")
            try Data("hello".utf8).write(to: URL(fileURLWithPath: "\(folder)/file"))
            try Data("no capture".utf8).write(to: URL(fileURLWithPath: "\(folder)/nojournal/nojournal.pcapng"))
            try Folders.make("\(folder)/bad")
            try Data("gatelog dump 1\nname ../../etc\nring 99999999999999999999\nfile 1 2\n".utf8)
                .write(to: URL(fileURLWithPath: "\(folder)/bad/dump.txt"))
            let store = try DumpStore(folder: folder)
            try store.recover()
            #expect(store.list().map(\.order.name) == ["bad", "web"])
            #expect(try Traffic.numbers(store.files("web")[0]) == Array(0..<5))
            let names = try Traffic.names(folder)
            #expect(!names.contains { $0.hasPrefix(".") } && names.contains("odd name"))
            _ = await store.shutdown()
        }
    }
}
