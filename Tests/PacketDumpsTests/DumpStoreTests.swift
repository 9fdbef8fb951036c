import CaptureFiles
import Foundation
import PacketDecoding
import PacketDumps
import Primitives
import Synchronization
import SystemCalls
import TestSupport
import Testing

@Suite("Dumps in a folder")
struct DumpStoreTests {
    @Test("A dump holds its packets, and appears under its name when it is whole")
    func plain() async throws {
        try await withStore { store, folder in
            let id = try store.start(Traffic.order("web"))
            #expect(try Traffic.names(folder) == ["web", "web/.web.pcapng.part", "web/dump.txt"])
            #expect(try store.files("web") == [])
            #expect(store.list().map(\.phase) == [.running])
            store.feed(id, 0..<1_000)
            let report = try await store.stop("web")
            #expect(report.phase == .finished && report.reason == "stopped" && report.endedAt != nil)
            #expect(report.packets == 1_000 && report.lost == 0 && report.files == 1)
            let path = "\(folder)/web/web.pcapng"
            #expect(try store.files("web") == [path])
            #expect(try Traffic.names(folder) == ["web", "web/dump.txt", "web/web.pcapng"])
            #expect(try report.bytes == Traffic.size(path))
            #expect(try Traffic.numbers(path) == Array(0..<1_000))
            #expect(store.list() == [report])
        }
    }

    @Test("Stopping takes what producers have gathered, and they learn that it is over")
    func stopWithProducers() async throws {
        try await withStore { store, folder in
            let id = try store.start(Traffic.order("web"))
            let fed = Atomic(0)
            let thread = try SystemCalls.Thread(name: "worker") {
                var producer = store.producer(for: id, waits: true)
                var number = 0
                while producer.isOpen {
                    producer.feed(number..<number + 64)
                    number += 64
                    fed.store(number, ordering: .releasing)
                }
            }
            while fed.load(ordering: .acquiring) < 10_000 { try await Task.sleep(for: .milliseconds(1)) }
            let report = try await store.stop("web")
            thread.join()
            // What came after the word is none of the dump's business, so the last batch may be a part.
            let all = fed.load(ordering: .acquiring)
            #expect(all - 64...all ~= Int(report.packets))
            #expect(try Traffic.numbers(try store.files("web")[0]) == Array(0..<Int(report.packets)))
            var late = store.producer(for: id)
            late.feed(0..<10)
            let isOpen = late.isOpen
            #expect(!isOpen)
            #expect(store.list().map(\.packets) == [report.packets])
        }
    }

    @Test("A producer that never answers does not hold up the end for ever")
    func silentProducer() async throws {
        try await withStore { store, _ in
            let id = try store.start(Traffic.order("web"))
            var silent = store.producer(for: id)
            silent.append(Traffic.frame(1), Traffic.bytes(1).span.bytes)
            store.feed(id, 0..<10)
            let report = try await store.stop("web")
            #expect(report.packets == 10)
            silent.endBatch()
        }
    }

    @Test("Names that are no names are refused, and nothing is touched")
    func hostileNames() async throws {
        try await withStore { store, folder in
            let names = [
                "", ".", "..", ".web", "a/b", "../x", "a b", "a\0b", "naïve", "a\n", "\u{1B}[2J", "web\r",
                String(repeating: "x", count: 65), "-\u{202E}", "a;b", "%2e%2e",
            ]
            for name in names {
                let error = #expect(throws: DumpError.self) { try store.start(Traffic.order(name)) }
                #expect(error == .badName(name))
                #expect(error?.description.unicodeScalars.allSatisfy { $0.value >= 0x20 } == true)
                #expect(throws: DumpError.unknown(name)) { try store.remove(name) }
                #expect(throws: DumpError.unknown(name)) { try store.files(name) }
                await #expect(throws: DumpError.unknown(name)) { try await store.stop(name) }
            }
            #expect(try Traffic.names(folder) == [])
            for name in ["a", "A.b-c_9", "-", "a..b", String(repeating: "x", count: 64)] {
                store.feed(try store.start(Traffic.order(name)), 0..<3)
                _ = try await store.stop(name)
                #expect(try Traffic.numbers(store.files(name)[0]) == [0, 1, 2])
            }
        }
    }

    @Test("A dump is removed when it has ended, and not before")
    func remove() async throws {
        try await withStore { store, folder in
            let id = try store.start(Traffic.order("web"))
            #expect(throws: DumpError.running("web")) { try store.remove("web") }
            store.feed(id, 0..<10)
            _ = try await store.stop("web")
            await #expect(throws: DumpError.ended("web")) { try await store.stop("web") }
            let kept = try FileDescriptor(opening: store.files("web")[0], for: .read)
            try store.remove("web")
            #expect(store.list() == [])
            #expect(try Traffic.names(folder) == [])
            // Who downloads it meanwhile still has it.
            let size = try kept.status().size
            #expect(size > 1_000)
            #expect(throws: DumpError.unknown("web")) { try store.remove("web") }
        }
    }

    @Test("A finished dump is replaced where that is wanted, a running one never")
    func replace() async throws {
        try await withStore { store, folder in
            store.feed(
                try store.start(
                    Traffic.order("web") {
                        $0.ring = 2
                        $0.maxBytes = 20_000
                    }), 0..<80)
            _ = try await store.stop("web")
            #expect(try store.files("web").count == 2)
            #expect(throws: DumpError.exists("web")) { try store.start(Traffic.order("web")) }
            let id = try store.start(Traffic.order("web") { $0.replaces = true })
            #expect(throws: DumpError.running("web")) { try store.start(Traffic.order("web") { $0.replaces = true }) }
            #expect(try Traffic.names(folder) == ["web", "web/.web.pcapng.part", "web/dump.txt"])
            store.feed(id, 100..<103)
            _ = try await store.stop("web")
            #expect(try store.files("web").map(Traffic.numbers) == [[100, 101, 102]])
        }
    }

    @Test("Orders that make no sense are refused with what is wrong")
    func badOrders() async throws {
        try await withStore { store, folder in
            let orders: [(DumpOrder, String)] = [
                (
                    Traffic.order("a") { $0.maxBytes = 100 },
                    "a file needs 8192 bytes at least, and 100 bytes were allowed"
                ),
                (
                    Traffic.order("a") {
                        $0.maxBytes = 80_000
                        $0.ring = 10
                    },
                    "a file needs 8192 bytes at least, and 80000 bytes were allowed for 10 files"
                ),
                (Traffic.order("a") { $0.ring = 1 }, "a ring has from 2 to 1000 files, and 1 were asked for"),
                (Traffic.order("a") { $0.ring = 5_000 }, "a ring has from 2 to 1000 files, and 5000 were asked for"),
                (
                    Traffic.order("a") { $0.ring = 3 },
                    "a ring needs a limit of size, which its files share"
                ),
                (Traffic.order("a") { $0.maxPackets = 0 }, "a dump of no packets is none"),
                (Traffic.order("a") { $0.maxSeconds = 0 }, "a dump of no seconds is none"),
                (
                    Traffic.order("a") { $0.startedBy = String(repeating: "x", count: 2_000) },
                    "who starts a dump has at most 1024 bytes, and 2000 were given"
                ),
                (Traffic.order("a") { $0.snapLength = 0 }, "a snap length of 0 keeps nothing"),
            ]
            for (order, text) in orders {
                let error = #expect(throws: DumpError.self) { try store.start(order) }
                #expect(error?.description == text)
            }
            let left = try Traffic.names(folder)
            #expect(left == [])
        }
    }

    @Test("Only so many dumps run at one time, and the sentences say what to do")
    func tooMany() async throws {
        try await withStore { store, _ in
            for number in 0..<DumpLimits.running { _ = try store.start(Traffic.order("d\(number)")) }
            let error = #expect(throws: DumpError.self) { try store.start(Traffic.order("more")) }
            #expect(error?.description == "32 dumps are running, and no more may at one time; stop one first")
            _ = try await store.stop("d7")
            _ = try store.start(Traffic.order("more"))
            #expect(
                DumpError.exists("web").description
                    == "there is a dump web already; remove it, or say that it may be replaced")
            #expect(DumpError.running("web").description == "the dump web is running; stop it first")
            #expect(DumpError.unknown("we\u{7}b").description == "there is no dump \"we?b\"")
            #expect(DumpError.ended("web").description == "the dump web has ended already")
            #expect(DumpError.tooMany(5).description == "5 dumps are kept, and no more may be; remove some first")
        }
    }

    @Test("Shutting down makes whole what runs, says how much, and takes no new dumps")
    func shutdown() async throws {
        try await withStore { store, _ in
            for name in ["b", "a", "c"] { store.feed(try store.start(Traffic.order(name)), 0..<100) }
            _ = try await store.stop("c")
            let reports = await store.shutdown()
            #expect(reports.map(\.order.name) == ["a", "b"])
            #expect(reports.allSatisfy { $0.phase == .finished && $0.packets == 100 })
            #expect(reports.allSatisfy { $0.reason == "the engine was shut down" })
            #expect(try Traffic.numbers(store.files("a")[0]).count == 100)
            #expect(throws: DumpError.closed) { try store.start(Traffic.order("d")) }
        }
    }

    @Test("A dump whose folder somebody removes ends all the same, and says what is wrong")
    func folderGone() async throws {
        try await withStore { store, folder in
            let id = try store.start(Traffic.order("web"))
            try FileManager.default.removeItem(atPath: "\(folder)/web")
            store.feed(id, 0..<10)
            let report = try await store.stop("web")
            #expect(report.phase == .finished && report.reason?.contains("No such file or directory") == true)
            #expect(try store.files("web") == [])
        }
    }

    @Test("Who is interested hears of the end")
    func events() async throws {
        let heard = Mutex<[String]>([])
        let surroundings = DumpSurroundings(event: { event in
            if case .ended(let report) = event {
                heard.withLock { $0.append("\(report.order.name) \(report.packets)") }
            }
        })
        try await withStore(surroundings) { store, _ in
            store.feed(try store.start(Traffic.order("a") { $0.maxPackets = 3 }), 0..<5)
            _ = try await store.finished("a")
            store.feed(try store.start(Traffic.order("b")), 0..<5)
            _ = try await store.stop("b")
        }
        #expect(heard.withLock { $0 } == ["a 3", "b 5"])
    }
}
