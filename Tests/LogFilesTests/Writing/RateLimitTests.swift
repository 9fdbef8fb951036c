import LogFiles
import Primitives
import Testing

@Suite("The rate limit of lines")
struct RateLimitTests {
    private func time(_ milliseconds: Int64) -> Timestamp {
        Timestamp(nanoseconds: 1_795_219_200_000_000_000 + milliseconds * 1_000_000)
    }

    /// Lines let through of `count` at one moment.
    private func admitted(_ limit: inout RateLimit, _ count: Int, at milliseconds: Int64) -> Int {
        (0..<count).reduce(0) { sum, _ in sum + (limit.admits(at: time(milliseconds)) ? 1 : 0) }
    }

    @Test("A burst at once, then so many a second")
    func burst() {
        var limit = RateLimit(linesPerSecond: 10, burst: 25)
        #expect(admitted(&limit, 100, at: 0) == 25)
        #expect(admitted(&limit, 100, at: 99) == 0)
        #expect(admitted(&limit, 100, at: 100) == 1)
        #expect(admitted(&limit, 100, at: 1100) == 10)
        #expect(admitted(&limit, 100, at: 3_600_000) == 25)
    }

    @Test("A clock that jumps back gives nothing away and takes nothing")
    func backwards() {
        var limit = RateLimit(linesPerSecond: 10, burst: 10)
        #expect(admitted(&limit, 100, at: 0) == 10)
        #expect(admitted(&limit, 100, at: -86_400_000) == 0)
        #expect(admitted(&limit, 100, at: -86_399_900) == 1)
        #expect(admitted(&limit, 100, at: 0) == 10)
    }

    @Test("The ends of the range")
    func ends() {
        var none = RateLimit(linesPerSecond: 0)
        #expect(admitted(&none, 10, at: 0) == 0)
        #expect(admitted(&none, 10, at: 1_000_000_000) == 0)
        var all = RateLimit(linesPerSecond: .max, burst: .max)
        #expect(admitted(&all, 1000, at: 0) == 1000)
        var one = RateLimit(linesPerSecond: 1)
        let times: [Int64] = [.min, .min, .max, .max]
        #expect(times.map { one.admits(at: Timestamp(nanoseconds: $0)) } == [true, false, true, false])
    }
}
