import PacketDecoding
import PacketDumps
import Primitives
import TestSupport
import Testing

@Suite("A ring of files")
struct RingTests {
    @Test("The last packets are kept, in files that are each whole")
    func packets() async throws {
        try await withStore { store, folder in
            let id = try store.start(
                Traffic.order("r") {
                    $0.ring = 3
                    $0.maxPackets = 300
                })
            store.feed(id, 0..<1_050)
            let report = try await store.stop("r")
            #expect(report.packets == 250 && report.files == 3 && report.lost == 0)
            let files = try store.files("r")
            #expect(
                files.map { $0.split(separator: "/").last } == ["r-00009.pcapng", "r-00010.pcapng", "r-00011.pcapng"])
            let numbers = try files.map(Traffic.numbers)
            #expect(numbers == [Array(800..<900), Array(900..<1_000), Array(1_000..<1_050)])
            #expect(
                try Traffic.names("\(folder)/r")
                    == ["dump.txt", "r-00009.pcapng", "r-00010.pcapng", "r-00011.pcapng"])
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

    @Test("By time, a file makes room for the next when its share is over")
    func time() async throws {
        try await withStore { store, _ in
            let id = try store.start(
                Traffic.order("r") {
                    $0.ring = 2
                    $0.maxSeconds = 2
                })
            store.feed(id, 0..<10)
            try await Task.sleep(for: .milliseconds(1_200))
            store.feed(id, 10..<20)
            _ = try await store.stop("r")
            #expect(try store.files("r").map(Traffic.numbers) == [Array(0..<10), Array(10..<20)])
        }
    }
}
