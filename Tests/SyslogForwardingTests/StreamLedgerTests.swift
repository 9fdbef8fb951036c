import LogFiles
import Testing

@testable import SyslogForwarding

@Suite("What a receiver surely has")
struct StreamLedgerTests {
    private static let quiet = SyslogLimits.quiet + 1

    private func ledger(_ ends: [UInt64], at time: Int64 = 0) -> StreamLedger {
        var ledger = StreamLedger()
        for end in ends {
            ledger.add(SentStretch(feed: 0, lines: 1, logBytes: 1, bytes: 1), sent: end, now: time)
        }
        return ledger
    }

    private func confirmed(_ ledger: inout StreamLedger) -> [UInt64] {
        var ends: [UInt64] = []
        while let stretch = ledger.takeConfirmed() { ends.append(stretch.end) }
        return ends
    }

    @Test("Nothing is confirmed that was not acknowledged")
    func acknowledged() {
        var ledger = ledger([100, 200, 300])
        ledger.observe(acknowledged: 250, window: nil, now: Self.quiet)
        #expect(confirmed(&ledger) == [100, 200])
        #expect(ledger.inFlight == 50 && !ledger.isEmpty)
        ledger.observe(acknowledged: 300, window: nil, now: Self.quiet)
        #expect(confirmed(&ledger) == [300])
        #expect(ledger.isEmpty && ledger.inFlight == 0)
    }

    @Test("What flows is confirmed but for a margin")
    func margin() {
        let step = UInt64(SyslogLimits.margin)
        var ledger = ledger([step, 2 * step, 3 * step])
        ledger.observe(acknowledged: 3 * step, window: 1 << 20, now: 1)
        #expect(confirmed(&ledger) == [step, 2 * step])
        ledger.observe(acknowledged: 3 * step, window: 1 << 20, now: Self.quiet)
        #expect(confirmed(&ledger) == [3 * step])
    }

    @Test("What the receiver's kernel took and the receiver did not read is not confirmed, however long it hangs")
    func unread() {
        var ledger = ledger([100, 200, 300])
        ledger.observe(acknowledged: 0, window: 65_536, now: 0)
        ledger.observe(acknowledged: 300, window: 65_236, now: Self.quiet)
        #expect(confirmed(&ledger) == [])
        ledger.observe(acknowledged: 300, window: 65_236, now: 3_600_000_000_000)
        #expect(confirmed(&ledger) == [])
        #expect(ledger.unreadSince == Self.quiet)
        // It goes on: the window opens again.
        ledger.observe(acknowledged: 300, window: 65_436, now: 3_600_000_000_001)
        #expect(confirmed(&ledger) == [100, 200])
        ledger.observe(acknowledged: 300, window: 65_536, now: 3_600_000_000_002)
        #expect(confirmed(&ledger) == [300])
        #expect(ledger.unreadSince == nil)
    }

    @Test("An end in order confirms all that was acknowledged, one with a reset nothing more")
    func ends() {
        var ledger = ledger([100, 200])
        ledger.observe(acknowledged: 150, window: 10, now: 1)
        #expect(confirmed(&ledger) == [])
        ledger.confirmAcknowledged()
        #expect(confirmed(&ledger) == [100])
        #expect(ledger.unconfirmed.map(\.end) == [200])
    }

    @Test("Acknowledgements beyond what was sent, and such that go back, do no harm")
    func nonsense() {
        var ledger = ledger([100])
        ledger.observe(acknowledged: .max, window: .max, now: Self.quiet)
        #expect(ledger.confirmed == 100)
        ledger.observe(acknowledged: 0, window: 0, now: Self.quiet)
        #expect(ledger.confirmed == 100)
        #expect(confirmed(&ledger) == [100])
    }

    @Test("Datagrams are confirmed by their age")
    func datagrams() {
        var ledger = StreamLedger()
        ledger.add(SentStretch(feed: 0, lines: 1, logBytes: 1, bytes: 1), sent: 10, now: 0)
        ledger.add(SentStretch(feed: 0, lines: 1, logBytes: 1, bytes: 1), sent: 20, now: 100)
        ledger.confirm(before: 100)
        #expect(confirmed(&ledger) == [10])
        ledger.confirm(before: 101)
        #expect(confirmed(&ledger) == [20])
    }
}
