import Primitives
import Testing

@testable import LiveCapture

@Suite("When a recorded packet is due")
struct ReplayClockTests {
    private let start = Timestamp(seconds: 1_700_000_000)

    private func after(_ nanoseconds: Int64) -> Timestamp { Timestamp(nanoseconds: start.nanoseconds + nanoseconds) }

    @Test("At full speed everything is due at once, before and after it has begun")
    func unbounded() {
        var clock = ReplayClock(.unbounded)
        #expect(clock.horizon(now: 0) == Timestamp(nanoseconds: .max))
        clock.beginIfNeeded(with: start, now: 5)
        #expect(clock.wait(for: Timestamp(nanoseconds: .max), now: 5) == 0)
        #expect(clock.horizon(now: 5) == Timestamp(nanoseconds: .max))
    }

    @Test("Differences of time stamps become waits", arguments: [(1.0, 1_000), (2.0, 500), (0.5, 2_000)])
    func speeds(speed: Double, wait: Int64) {
        var clock = ReplayClock(.speed(speed))
        clock.beginIfNeeded(with: start, now: 1_000_000)
        #expect(clock.wait(for: start, now: 1_000_000) == 0)
        #expect(clock.wait(for: after(1_000), now: 1_000_000) == wait)
        #expect(clock.wait(for: after(1_000), now: 1_000_000 + wait - 1) == 1)
        #expect(clock.wait(for: after(1_000), now: 1_000_000 + wait) == 0)
        #expect(clock.horizon(now: 1_000_000 + wait) == after(1_000))
        #expect(clock.horizon(now: 1_000_000) == start)
        // What is older than the first packet is due.
        #expect(clock.wait(for: after(-5_000_000_000), now: 1_000_000) == 0)
    }

    @Test("It begins once, until it is stopped")
    func begins() {
        var clock = ReplayClock(.speed(1))
        clock.beginIfNeeded(with: start, now: 0)
        clock.beginIfNeeded(with: after(700), now: 100)
        #expect(clock.wait(for: after(700), now: 100) == 600)
        clock.stop()
        clock.beginIfNeeded(with: after(700), now: 100)
        #expect(clock.wait(for: after(700), now: 100) == 0)
    }

    @Test("No time stamp and no speed makes it trap", arguments: [0, -1, .nan, .infinity, 1e300, 1e-300, 1])
    func hostile(speed: Double) {
        let times = [Int64.min, Int64.min + 1, -1, 0, 1, start.nanoseconds, .max - 1, .max].map(
            Timestamp.init(nanoseconds:))
        for first in times {
            var clock = ReplayClock(.speed(speed))
            clock.beginIfNeeded(with: first, now: 7)
            for other in times {
                for now in [0, 7, 8, 1_000_000_000, Int64.max] {
                    let wait = clock.wait(for: other, now: now)
                    #expect(wait >= 0)
                    #expect(clock.horizon(now: now) >= first)
                    if other <= first { #expect(wait == 0) }
                }
            }
        }
    }
}
