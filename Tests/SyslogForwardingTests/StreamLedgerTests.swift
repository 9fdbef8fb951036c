import LogFiles
import Testing

@testable import SyslogForwarding

@Suite("What a receiver surely has")
struct StreamLedgerTests {
    private static let quiet = SyslogLimits.quiet + 1
    private static let least = UInt64(SyslogLimits.unreadLeast)
    private static let most = UInt64(SyslogLimits.unreadMost)

    private func ledger(_ ends: [UInt64], at time: Int64 = 0) -> StreamLedger {
        var ledger = StreamLedger()
        for end in ends {
            ledger.add(SentStretch(feed: 0, lines: 1, logBytes: 1, bytes: 1), sent: end, now: time)
        }
        return ledger
    }

    private func taken(_ ledger: inout StreamLedger) -> (acknowledged: [UInt64], confirmed: [UInt64]) {
        var ends: (acknowledged: [UInt64], confirmed: [UInt64]) = ([], [])
        while let stretch = ledger.takeAcknowledged() { ends.acknowledged.append(stretch.end) }
        while let stretch = ledger.takeConfirmed() { ends.confirmed.append(stretch.end) }
        return ends
    }

    @Test("Only what was acknowledged to its end counts, and none of it as read while the other kernel may hold it")
    func acknowledged() {
        var ledger = ledger([100, 200, 300])
        ledger.observe(acknowledged: 250, window: nil, now: 1)
        #expect(taken(&ledger) == ([100, 200], []))
        #expect(ledger.inFlight == 50 && !ledger.isSettled)
        ledger.observe(acknowledged: 300, window: nil, now: Self.quiet)
        #expect(taken(&ledger) == ([300], []))
        #expect(ledger.isSettled && !ledger.isEmpty && ledger.inFlight == 0)
    }

    @Test("What lies further back than the other kernel can hold was read, whatever the receiver does")
    func capacity() {
        var ledger = ledger([Self.least, 2 * Self.least, 3 * Self.least])
        ledger.observe(acknowledged: 3 * Self.least, window: 65_536, now: 1)
        #expect(taken(&ledger).confirmed == [Self.least, 2 * Self.least])
        // A great window says that it can hold much.
        ledger = self.ledger([Self.most, 2 * Self.most])
        ledger.observe(acknowledged: 2 * Self.most - 1, window: .max, now: 1)
        #expect(taken(&ledger) == ([Self.most], []))
        ledger.observe(acknowledged: 2 * Self.most, window: 1, now: 2)
        #expect(taken(&ledger) == ([2 * Self.most], [Self.most]))
    }

    @Test("A receiver that hangs is not believed, however long; one whose window is open again is")
    func quiet() {
        var ledger = ledger([100, 200, 300])
        ledger.observe(acknowledged: 0, window: 65_536, now: 0)
        ledger.observe(acknowledged: 300, window: 65_236, now: Self.quiet)
        #expect(taken(&ledger) == ([100, 200, 300], []))
        ledger.observe(acknowledged: 300, window: 65_236, now: 3_600_000_000_000)
        #expect(taken(&ledger).confirmed == [])
        ledger.observe(acknowledged: 300, window: 65_436, now: 3_600_000_000_001)
        #expect(taken(&ledger).confirmed == [100, 200])
        ledger.observe(acknowledged: 300, window: 65_536, now: 3_600_000_000_002)
        #expect(taken(&ledger).confirmed == [300])
        #expect(ledger.isEmpty)
    }

    @Test("An end in order confirms all that was acknowledged, and nothing more")
    func ends() {
        var ledger = ledger([100, 200])
        ledger.observe(acknowledged: 150, window: 10, now: 1)
        ledger.confirmAcknowledged()
        #expect(taken(&ledger) == ([100], [100]))
        #expect(ledger.unacknowledged.map(\.end) == [200])
    }

    @Test("Acknowledgements beyond what was sent, and such that go back, do no harm")
    func nonsense() {
        var ledger = ledger([100])
        ledger.observe(acknowledged: .max, window: .max, now: Self.quiet)
        #expect(ledger.acknowledged == 100)
        ledger.observe(acknowledged: 0, window: 0, now: Self.quiet)
        #expect(ledger.acknowledged == 100 && ledger.inFlight == 0)
        #expect(taken(&ledger).acknowledged == [100])
    }

    @Test("Datagrams are believed by their age")
    func datagrams() {
        var ledger = StreamLedger()
        ledger.add(SentStretch(feed: 0, lines: 1, logBytes: 1, bytes: 1), sent: 10, now: 0)
        ledger.add(SentStretch(feed: 0, lines: 1, logBytes: 1, bytes: 1), sent: 20, now: 100)
        ledger.confirm(before: 100)
        #expect(taken(&ledger) == ([10], [10]))
        ledger.confirm(before: 101)
        #expect(taken(&ledger) == ([20], [20]))
    }

    @Test("A stretch ends where the stream has come to once it was handed over")
    func settling() {
        var ledger = ledger([0])
        ledger.settleLast(sent: 50)
        #expect(ledger.sent == 50 && ledger.inFlight == 50)
        ledger.observe(acknowledged: 49, window: nil, now: 1)
        #expect(taken(&ledger).acknowledged == [])
    }
}
