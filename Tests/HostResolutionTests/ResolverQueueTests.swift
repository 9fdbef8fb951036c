import Primitives
import Testing

@testable import HostResolution

@Suite("What waits for the resolver, and what it said")
struct ResolverQueueTests {
    private let second: Int64 = 1_000_000_000
    private let jane = IPAddress(parsing: "10.0.0.5")!

    private func queue(_ scope: ResolverScope = .ownNetworks, rate: Int = 1000) -> ResolverQueue {
        ResolverQueue(
            ResolverOptions(scope: scope, rate: rate, keep: 3600 * second, keepMissing: 600 * second))
    }

    private func number(_ number: UInt32) -> IPAddress { .v4(IPv4Address(0x0A00_0000 + number)) }

    @Test("An answer is told to all who wait, and to who asks later; it is asked for once")
    func answers() {
        var queue = queue()
        let (first, second, third) = (HostInbox(), HostInbox(), HostInbox())
        let said1 = queue.want(jane, at: 0, for: first)
        #expect(said1)
        let said2 = queue.want(jane, at: 0, for: second)
        let said3 = queue.want(jane, at: 0, for: first)
        #expect(!said2 && !said3)
        let said4 = queue.next(at: 1)
        let said5 = queue.next(at: 1)
        #expect(said4.address == jane && said5.address == nil)
        queue.settle(jane, .found("jane-pc"), at: 2)
        #expect(first.take() == [HostName(jane, "jane-pc")] && second.take() == [HostName(jane, "jane-pc")])
        let said6 = queue.want(jane, at: 3, for: third)
        #expect(!said6 && third.take() == [HostName(jane, "jane-pc")])
        #expect(queue.currentReport.questions == 1 && queue.name(of: jane, at: 3) == "jane-pc")
    }

    @Test("Answers grow old, missing ones sooner; an old name holds until another is known")
    func age() {
        var queue = queue()
        let inbox = HostInbox()
        _ = queue.want(jane, at: 0, for: inbox)
        _ = queue.next(at: 1)
        queue.settle(jane, .missing, at: 0)
        let said7 = queue.want(jane, at: 599 * second, for: inbox)
        #expect(!said7 && inbox.take().isEmpty)
        let said8 = queue.want(jane, at: 600 * second, for: inbox)
        #expect(said8)
        _ = queue.next(at: 601 * second)
        queue.settle(jane, .found("a.test"), at: 601 * second)
        #expect(inbox.take() == [HostName(jane, "a.test")])
        let later = 601 * second + 3600 * second
        let said9 = queue.want(jane, at: later, for: inbox)
        #expect(said9 && inbox.take() == [HostName(jane, "a.test")])
        _ = queue.next(at: later)
        queue.settle(jane, .failed, at: later)
        #expect(queue.name(of: jane, at: later + second) == "a.test")
        let said10 = queue.want(jane, at: later + second, for: inbox)
        #expect(!said10)
        let said11 = queue.want(jane, at: later + 61 * second, for: inbox)
        #expect(said11)
        _ = queue.next(at: later + 61 * second)
        _ = inbox.take()
        queue.settle(jane, .missing, at: later + 61 * second)
        #expect(inbox.take() == [HostName(jane, nil)], "it has no name any more")
        #expect(queue.name(of: jane, at: later + 62 * second) == nil)
    }

    @Test("What a DNS answer told goes first, and nobody is asked")
    func learned() {
        var queue = queue(.everybody)
        queue.learn("www.example.com", of: jane)
        let inbox = HostInbox()
        let said12 = queue.want(jane, at: 0, for: inbox)
        #expect(!said12 && inbox.take() == [HostName(jane, "www.example.com")])
        #expect(queue.currentReport.questions == 0 && queue.currentReport.learned == 1)
    }

    @Test("Only those are asked for whom the settings name")
    func scope() {
        let texts = ["10.0.0.5", "192.168.1.1", "172.16.0.1", "169.254.1.1", "100.64.0.1", "fd00::1", "fe80::1"]
        let others = ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2001:db8::1", "11.0.0.1"]
        let never = ["224.0.0.1", "255.255.255.255", "0.0.0.0", "127.0.0.1", "::", "::1", "ff02::1"]
        for text in texts + others + never {
            let address = IPAddress(parsing: text)!
            for scope in [ResolverScope.nobody, .ownNetworks, .everybody] {
                var queue = queue(scope)
                let expected =
                    switch scope {
                    case .nobody: false
                    case .ownNetworks: texts.contains(text)
                    case .everybody: !never.contains(text)
                    }
                let said13 = queue.want(address, at: 0, for: nil)
                #expect(said13 == expected, "\(text) \(scope)")
            }
        }
    }

    @Test("Questions keep to the rate")
    func rate() {
        var queue = queue(rate: 10)
        for index in 0..<100 { _ = queue.want(number(UInt32(index)), at: 0, for: nil) }
        var asked = 0
        var now: Int64 = 0
        while now < 5 * second {
            let next = queue.next(at: now)
            if next.address != nil { asked += 1 } else { now += next.pause ?? second }
        }
        #expect(59...61 ~= asked, "a second's worth at once, then ten a second: \(asked)")
    }

    @Test("What waits and what is known is bounded, and counted")
    func bounds() {
        var queue = queue(.everybody, rate: 10_000)
        for index in 0..<UInt32(10_000) { _ = queue.want(number(index), at: 0, for: nil) }
        #expect(queue.currentReport.waiting == ResolverQueue.queueLimit)
        #expect(queue.currentReport.overflowed == 10_000 - UInt64(ResolverQueue.queueLimit))
        for index in 0..<UInt32(200_000) {
            queue.learn("n\(index)", of: number(index))
            queue.settle(number(index), .missing, at: 0)
        }
        #expect(queue.currentReport.cached <= 2 * ResolverQueue.cacheLimit)
        #expect(queue.name(of: number(199_999), at: 0) == "n199999" && queue.name(of: number(1), at: 0) == nil)
        let inbox = HostInbox()
        for index in 0..<UInt32(10_000) { _ = queue.want(number(190_000 + index), at: 0, for: inbox) }
        #expect(inbox.take().count == HostInbox.limit)
    }
}
