import Primitives
import TestSupport
import Testing

@testable import CommandLineTool

@Suite("The time histogram")
struct TimeHistogramTests {
    @Test("Nothing has no rows")
    func empty() {
        #expect(TimeHistogram().rows(atMost: 10).slots.isEmpty)
    }

    @Test("One packet is one row")
    func one() {
        var histogram = TimeHistogram()
        histogram.add(Timestamp(seconds: 5), bytes: 60)
        #expect(histogram.rows(atMost: 10).slots == [.init(start: 5_000_000_000, packets: 1, bytes: 60)])
    }

    @Test("Rows have a readable width and show the empty stretches between")
    func gaps() {
        var histogram = TimeHistogram()
        for second in [0, 1, 9] as [Int64] { histogram.add(Timestamp(seconds: second), bytes: 1) }
        let (width, rows) = histogram.rows(atMost: 10)
        #expect(width == 1_000_000_000)
        #expect(rows.map(\.packets) == [1, 1, 0, 0, 0, 0, 0, 0, 0, 1])
    }

    @Test("Times before 1970 fall into the slot that holds them")
    func negative() {
        var histogram = TimeHistogram()
        histogram.add(Timestamp(nanoseconds: -1), bytes: 1)
        histogram.add(Timestamp(nanoseconds: 0), bytes: 1)
        #expect(histogram.rows(atMost: 2).slots.map(\.start) == [-1, 0])
    }

    @Test("The ends of the range neither trap nor lose a packet")
    func extremes() {
        var histogram = TimeHistogram()
        for nanoseconds in [Int64.min, -1, 0, 1, .max] {
            histogram.add(Timestamp(nanoseconds: nanoseconds), bytes: 1)
        }
        #expect(histogram.rows(atMost: 24).slots.map(\.packets).reduce(0, +) == 5)
    }

    @Test("Memory is bounded and every packet is counted once: against a plain list")
    func twin() {
        var random = SeededGenerator(seed: 20_240_501)
        for _ in 0..<20 {
            var histogram = TimeHistogram()
            var times: [Int64] = []
            let spread = Int64(1) << Int64(random.next() % 50)
            for _ in 0..<6000 {
                let time = Int64(truncatingIfNeeded: random.next() >> 2) % spread - spread / 3
                times.append(time)
                histogram.add(Timestamp(nanoseconds: time), bytes: 2)
            }
            let (width, rows) = histogram.rows(atMost: 24)
            #expect(rows.count <= 24 && rows.count > 0)
            for row in rows {
                let inside = times.count { $0 >= row.start && $0 - row.start < width }
                #expect(row.packets == inside && row.bytes == 2 * inside, "seed 20240501, spread \(spread)")
            }
        }
    }
}
