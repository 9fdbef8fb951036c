import PacketDecoding
import PacketDumps
import Primitives
import TestSupport
import Testing

@Suite("A ring of files")
struct RingTests {
    @Test("The last packets are kept, in files that are each whole")
    func lastPackets() async throws {
        try await withStore { store, folder in
            let id = try store.start(
                Traffic.order("r") {
                    $0.ring = 3
                    $0.maxBytes = 30_000
                })
            store.feed(id, 0..<1_050)
            let report = try await store.stop("r")
            let files = try store.files("r")
            let numbers = try files.map(Traffic.numbers)
            let kept = numbers.flatMap { $0 }
            #expect(report.files == 3 && report.lost == 0 && Int(report.packets) == kept.count)
            #expect(kept == Array(1_050 - kept.count..<1_050))
            #expect(numbers.allSatisfy { 1...68 ~= $0.count } && numbers.dropLast().allSatisfy { $0.count > 60 })
            // A file takes so many of these packets, so the sequence is known too.
            let last = (1_050 + numbers[0].count - 1) / numbers[0].count
            let names = (last - 2...last).map { "r-000\($0).pcapng" }
            #expect(try Traffic.names("\(folder)/r") == ["dump.txt"] + names)
        }
    }

    @Test("A limit of packets counts those that went too, and ends the ring")
    func packetLimit() async throws {
        try await withStore { store, _ in
            let id = try store.start(
                Traffic.order("r") {
                    $0.ring = 2
                    $0.maxBytes = 20_000
                    $0.maxPackets = 500
                })
            store.feed(id, 0..<1_000)
            let report = try await store.finished("r")
            #expect(report.reason == "packet limit reached")
            let numbers = try store.files("r").flatMap(Traffic.numbers)
            #expect(numbers == Array(500 - numbers.count..<500) && numbers.count < 140)
        }
    }

    @Test("All files together stay below the size, whatever the packets' lengths")
    func size() async throws {
        var generator = Traffic.generator()
        try await withStore { store, _ in
            let id = try store.start(
                Traffic.order("r") {
                    $0.ring = 4
                    $0.maxBytes = 100_000
                })
            do {
                var producer = store.producer(for: id)
                for number in 0..<5_000 {
                    let length = Int.random(in: 22...3_000, using: &generator)
                    producer.append(
                        Traffic.frame(number, length: length), Traffic.bytes(number, length: length).span.bytes)
                }
            }
            let report = try await store.stop("r")
            let files = try store.files("r")
            let sizes = try files.map(Traffic.size)
            #expect(report.bytes == sizes.reduce(0, +) && report.lost == 0)
            #expect(sizes.count == 4 && sizes.allSatisfy { $0 <= 25_000 })
            #expect(sizes.dropLast().allSatisfy { $0 > 21_000 })
            let numbers = try files.flatMap(Traffic.numbers)
            #expect(numbers == Array(5_000 - numbers.count..<5_000))
        }
    }

    @Test("A packet that no file of the ring has room for is counted, and the ring goes on")
    func tooLarge() async throws {
        try await withStore { store, _ in
            let id = try store.start(
                Traffic.order("r") {
                    $0.ring = 2
                    $0.maxBytes = 20_000
                })
            store.feed(id, 0..<2)
            store.feed(id, 2..<3, length: 15_000)
            store.feed(id, 3..<5)
            let report = try await store.stop("r")
            #expect(report.lost == 1)
            #expect(try store.files("r").flatMap(Traffic.numbers) == [0, 1, 3, 4])
        }
    }

    @Test("A limit of time ends a ring too")
    func time() async throws {
        try await withStore { store, _ in
            let id = try store.start(
                Traffic.order("r") {
                    $0.ring = 2
                    $0.maxBytes = 20_000
                    $0.maxSeconds = 1
                })
            store.feed(id, 0..<10)
            let report = try await store.finished("r")
            #expect(report.reason == "time limit reached" && report.packets == 10)
        }
    }
}
