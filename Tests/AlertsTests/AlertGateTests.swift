import Testing

@testable import Alerts

@Suite("How often an alert tells, and what it holds back")
struct AlertGateTests {
    static let second: Int64 = 1_000_000_000

    static func line(_ number: Int) -> AlertLine { AlertLine(text: "line \(number)") }

    @Test("So many at once, then by the rate; what was held back is told by the next message")
    func rate() {
        var gate = AlertGate(rate: 6, burst: 2, at: 0)
        #expect(gate.take(Self.line(1), at: 0)?.heldBack == 0)
        #expect(gate.take(Self.line(2), at: 0)?.line?.text == "line 2")
        for number in 3...20 { #expect(gate.take(Self.line(number), at: Self.second) == nil) }
        #expect(gate.digest(at: 9 * Self.second) == nil)
        let event = gate.take(Self.line(21), at: 10 * Self.second)
        #expect(event?.line?.text == "line 21")
        #expect(event?.heldBack == 18)
        #expect(
            event?.samples
                == [
                    "line 3", "line 4", "line 5", "line 6", "line 7", "line 16", "line 17", "line 18", "line 19",
                    "line 20",
                ])
    }

    @Test("Where no further line comes, what was held back is told by a message of its own")
    func digest() {
        var gate = AlertGate(rate: 60, burst: 1, at: 0)
        _ = gate.take(Self.line(1), at: 0)
        #expect(gate.digest(at: 5 * Self.second) == nil, "nothing was held back")
        // The token that came meanwhile is still there.
        #expect(gate.take(Self.line(2), at: 5 * Self.second) != nil)
        #expect(gate.take(Self.line(3), at: 5 * Self.second) == nil)
        gate.miss(7)
        let event = gate.digest(at: 6 * Self.second)
        #expect(event?.line == nil)
        #expect(event?.heldBack == 8)
        #expect(event?.samples == ["line 3"])
        #expect(gate.digest(at: 60 * Self.second) == nil)
    }

    @Test("Over a day there are as many messages as the rate allows, and every line is told or counted")
    func everyLine() {
        var gate = AlertGate(rate: 2, burst: 5, at: 0)
        var (told, counted) = (0, UInt64(0))
        for second in 0..<Int64(86_400) {
            if let event = gate.take(Self.line(0), at: second * Self.second) {
                told += 1
                counted += event.heldBack + 1
            }
        }
        counted += gate.digest(at: 90_000 * Self.second)?.heldBack ?? 0
        #expect(counted == 86_400)
        #expect(2880...2886 ~= told)
    }

    @Test("A clock that stands or jumps back gives no tokens")
    func clock() {
        var gate = AlertGate(rate: 60, burst: 1, at: 100 * Self.second)
        #expect(gate.take(Self.line(1), at: 100 * Self.second) != nil)
        #expect(gate.take(Self.line(2), at: 1) == nil)
        #expect(gate.take(Self.line(3), at: 100 * Self.second) == nil)
    }
}

@Suite("What an alert held back outlives a change of its settings")
struct AlertGateCarryTests {
    @Test("The next gate tells what the earlier one held back, and what could not be delivered")
    func carried() {
        var gate = AlertGate(rate: 1, burst: 1, at: 0)
        _ = gate.take(AlertLine(text: "a"), at: 0)
        for number in 0..<8 { #expect(gate.take(AlertLine(text: "\(number)"), at: 0) == nil) }
        var next = AlertGate(rate: 60, burst: 1, at: 0, after: gate)
        #expect(next.digest(at: 0) == nil, "a change gives no tokens")
        let event = next.take(AlertLine(text: "b"), at: 1_000_000_000)
        #expect(event?.heldBack == 8)
        next.take(back: event ?? AlertEvent(line: nil))
        let again = next.take(AlertLine(text: "b"), at: 1_000_000_000)
        #expect(again == event)
    }
}
