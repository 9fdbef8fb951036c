import PacketDecoding
import PacketDumps
import Primitives
import Synchronization
import SystemCalls
import TestSupport
import Testing

@Suite("Packets of several workers come in the order of their times")
struct OrderTests {
    /// Feeds packets whose times follow `base` in steps of a microsecond, numbered alike.
    private static func feed(
        _ store: DumpStore, _ id: DumpID, _ numbers: [Int], from base: Timestamp, interface: UInt16,
        with gate: Gate = Gate(1)
    ) {
        var producer = store.producer(for: id, waits: true)
        gate.pass()
        for (index, number) in numbers.enumerated() {
            var frame = Traffic.frame(number, length: 200, interface: InterfaceID(rawValue: interface))
            frame.time = Timestamp(nanoseconds: base.nanoseconds + Int64(number) * 1_000)
            producer.append(frame, Traffic.bytes(number, length: 200).span.bytes)
            if index % 32 == 0 { producer.endBatch() }
        }
    }

    /// Lets its threads go when all have come.
    private final class Gate: Sendable {
        private let missing: Atomic<Int>

        init(_ threads: Int) { missing = Atomic(threads) }

        func pass() {
            missing.subtract(1, ordering: .sequentiallyConsistent)
            while missing.load(ordering: .sequentiallyConsistent) > 0 {}
        }
    }

    // An hour ahead, so that no producer is believed to be quiet: the chunks alone tell.
    private var base: Timestamp { Timestamp(nanoseconds: Clocks.wall.nanoseconds + 3_600_000_000_000) }

    @Test("However the workers share the packets", arguments: [2, 3, 5])
    func merged(workers: Int) async throws {
        var generator = Traffic.generator()
        var shares = [[Int]](repeating: [], count: workers)
        for number in 0..<40_000 { shares[Int.random(in: 0..<workers, using: &generator)].append(number) }
        let base = base
        try await withStore { store, _ in
            let id = try store.start(Traffic.order("web"))
            let gate = Gate(workers)
            let threads = try shares.enumerated().map { worker, share in
                try Thread(name: "worker") {
                    Self.feed(store, id, share, from: base, interface: UInt16(worker), with: gate)
                }
            }
            for thread in threads { thread.join() }
            let report = try await store.stop("web")
            #expect(report.packets == 40_000 && report.lost == 0)
            #expect(try Traffic.numbers(store.files("web")[0]) == Array(0..<40_000))
        }
    }

    @Test("A limit holds in the order of time too")
    func limited() async throws {
        let base = base
        try await withStore { store, _ in
            let id = try store.start(Traffic.order("web") { $0.maxPackets = 12_345 })
            let gate = Gate(2)
            let threads = try (0..<2).map { worker in
                try Thread(name: "worker") {
                    let share = Array(stride(from: worker, to: 20_000, by: 2))
                    Self.feed(store, id, share, from: base, interface: UInt16(worker), with: gate)
                }
            }
            for thread in threads { thread.join() }
            let report = try await store.finished("web")
            #expect(report.reason == "packet limit reached")
            #expect(try Traffic.numbers(store.files("web")[0]) == Array(0..<12_345))
        }
    }

    @Test("A worker that is quiet, and one that does not even say so, hold up the others for a moment only")
    func quiet() async throws {
        let now = Clocks.wall
        for answers in [true, false] {
            try await withStore { store, _ in
                let id = try store.start(Traffic.order("web"))
                let thread = try Thread(name: "quiet") {
                    var quiet = store.producer(for: id)
                    for _ in 0..<40 {
                        if answers { quiet.endBatch() }
                        _ = try? Wakeup().wait(nanoseconds: 100_000_000)
                        if store.list().first?.packets == 100 { break }
                    }
                }
                Self.feed(store, id, Array(0..<100), from: now, interface: 1)
                thread.join()
                #expect(store.list().map(\.packets) == [100])
                let report = try await store.stop("web")
                #expect(report.packets == 100)
            }
        }
    }
}
