import CaptureFiles
import PacketDecoding
import PacketDumps
import Primitives
import SystemCalls
import TestSupport
import Testing

@Suite("Limits of a dump hold to the packet and the byte")
struct LimitTests {
    @Test("A packet limit", arguments: [1, 2, 999, 5_000])
    func packets(limit: UInt64) async throws {
        try await withStore { store, _ in
            let id = try store.start(Traffic.order("web") { $0.maxPackets = limit })
            store.feed(id, 0..<6_000)
            let report = try await store.finished("web")
            #expect(report.packets == limit && report.reason == "packet limit reached" && report.lost == 0)
            #expect(try Traffic.numbers(store.files("web")[0]) == Array(0..<Int(limit)))
        }
    }

    @Test("A size limit holds with the file's head and end, and leaves room for no further packet")
    func size() async throws {
        var generator = Traffic.generator()
        for _ in 0..<20 {
            let limit = UInt64.random(in: DumpLimits.fileBytes...2_000_000, using: &generator)
            let length = Int.random(in: 22...1_500, using: &generator)
            try await withStore { store, _ in
                let id = try store.start(Traffic.order("web") { $0.maxBytes = limit })
                store.feed(id, 0..<Int(limit) / length + 10, length: length)
                let report = try await store.finished("web")
                let path = try store.files("web")[0]
                let size = try Traffic.size(path)
                #expect(report.reason == "size limit reached" && report.bytes == size && report.lost == 0)
                #expect(size <= limit && size + 1_000 + UInt64(length) > limit, "\(size) of \(limit), \(length) each")
                #expect(try Traffic.numbers(path) == Array(0..<Int(report.packets)))
            }
        }
    }

    @Test("A limit of time ends a dump, and what came until then is in it")
    func time() async throws {
        try await withStore { store, _ in
            let id = try store.start(Traffic.order("web") { $0.maxSeconds = 1 })
            store.feed(id, 0..<100)
            let report = try await store.finished("web")
            #expect(report.packets == 100 && report.reason == "time limit reached")
        }
    }

    @Test("Several workers feed one dump: a limit holds all the same, and each worker's packets keep their order")
    func workers() async throws {
        try await withStore { store, _ in
            let id = try store.start(Traffic.order("web") { $0.maxPackets = 100_001 })
            let threads = try (0..<4).map { worker in
                try Thread(name: "worker") {
                    var producer = store.producer(for: id, waits: true)
                    producer.feed(
                        worker * 1_000_000..<worker * 1_000_000 + 40_000,
                        interface: InterfaceID(rawValue: UInt16(worker)))
                }
            }
            for thread in threads { thread.join() }
            let report = try await store.finished("web")
            let numbers = try Traffic.numbers(try store.files("web")[0])
            #expect(report.packets == 100_001 && numbers.count == 100_001)
            for worker in 0..<4 {
                let own = numbers.filter { $0 / 1_000_000 == worker }
                #expect(own == Array(worker * 1_000_000..<worker * 1_000_000 + own.count))
            }
        }
    }

    @Test("A snap length cuts packets, and so does what readers take at most")
    func snapLength() async throws {
        try await withStore { store, _ in
            let id = try store.start(Traffic.order("web") { $0.snapLength = 30 })
            store.feed(id, 0..<10, length: 333)
            _ = try await store.stop("web")
            let reading = try Traffic.reading(store.files("web")[0])
            #expect(reading.packets.map(\.bytes.count) == Array(repeating: 30, count: 10))
            #expect(reading.packets.allSatisfy { $0.original == 333 })
            #expect(reading.interfaces.map(\.snapLength) == [30])

            let big = try store.start(Traffic.order("big"))
            store.feed(big, 0..<3, length: 700_000)
            _ = try await store.stop("big")
            let cut = try Traffic.reading(store.files("big")[0])
            #expect(cut.packets.map(\.bytes.count) == Array(repeating: 262_144, count: 3))
            #expect(cut.damageCount == 0)
        }
    }
}
