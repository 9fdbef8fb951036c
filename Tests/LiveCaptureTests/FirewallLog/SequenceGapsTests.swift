import TestSupport
import Testing

@testable import LiveCapture

@Suite struct SequenceGapsTests {
    private func taken(_ numbers: [UInt32], from expected: UInt32 = 0) -> SequenceGaps {
        var gaps = SequenceGaps(expected: expected)
        for number in numbers { _ = gaps.take(number) }
        return gaps
    }

    @Test func `what is missing is counted, before the first record too`() {
        #expect(taken([0, 1, 2, 3]).missing == 0)
        #expect(taken([5]).missing == 5)
        #expect(taken([0, 1, 4, 5, 9]).missing == 5)
        #expect(taken([0, 1, 4, 5, 9]).restarts == 0)
    }

    @Test func `numbers wrap around`() {
        let gaps = taken([.max - 1, .max, 0, 1, 3], from: .max - 1)
        #expect(gaps.missing == 1)
        #expect(gaps.restarts == 0)
        #expect(taken([2], from: .max).missing == 3)
    }

    @Test func `an instance that came back counts from its own beginning`() {
        let gaps = taken([100, 101, 0, 1, 5], from: 100)
        #expect(gaps.restarts == 1)
        #expect(gaps.missing == 3)
        let late = taken([100, 7, 8], from: 100)
        #expect(late.restarts == 1)
        #expect(late.missing == 7)
    }

    @Test func `received and missing make what was sent, whatever was lost`() {
        var random = SeededGenerator(seed: 20_261_121)
        for _ in 0..<200 {
            let start = UInt32.random(in: 0 ... .max, using: &random)
            var gaps = SequenceGaps(expected: start)
            var received: UInt64 = 0
            let count = UInt32.random(in: 1...3000, using: &random)
            for step in 0..<count where step == count - 1 || Bool.random(using: &random) {
                _ = gaps.take(start &+ step)
                received += 1
            }
            #expect(received + gaps.missing == UInt64(count))
            #expect(gaps.restarts == 0)
        }
    }
}
