import Primitives
import Synchronization
import SystemCalls
import Testing

@testable import HostResolution

/// What a test's resolver was asked, and a gate that it waits at.
private final class Asked: Sendable {
    let addresses = Mutex<[IPAddress]>([])
    let isOpen = Atomic<Bool>(true)

    func wait() { while !isOpen.load(ordering: .acquiring) { Clocks.sleep(nanoseconds: 1_000_000) } }
}

@Suite("The system's resolver, asked by threads of its own")
struct HostResolverTests {
    private func options(_ scope: ResolverScope) -> ResolverOptions {
        ResolverOptions(scope: scope, rate: 10_000, keep: 1 << 60, keepMissing: 1 << 60)
    }

    private func wait(_ why: String, until condition: () -> Bool) {
        let end = Clocks.monotonic + 10_000_000_000
        while !condition(), Clocks.monotonic < end { Clocks.sleep(nanoseconds: 1_000_000) }
        #expect(condition(), "\(why)")
    }

    @Test("Public names are believed where they lead back; private ones as they are")
    func leadBack() {
        let lookup = HostResolver.Lookup(
            name: { $0.isPrivate ? .name(Array("pc.test".utf8)) : .name(Array("www.google.com".utf8)) },
            leadsBack: { _, address in address == IPAddress(parsing: "8.8.8.8") })
        let resolver = HostResolver(options(.everybody), lookup: lookup)
        let texts = ["10.0.0.5", "8.8.8.8", "203.0.113.5"].map { IPAddress(parsing: $0)! }
        resolver.want(texts)
        wait("three answers") { resolver.report.found + resolver.report.refused == 3 }
        #expect(texts.map { resolver.name(of: $0) } == ["pc.test", "www.google.com", nil])
        resolver.stop()
    }

    @Test("A resolver that hangs holds its threads only; the end does not wait for it")
    func hanging() {
        let asked = Asked()
        asked.isOpen.store(false, ordering: .releasing)
        let lookup = HostResolver.Lookup(
            name: { address in
                asked.addresses.withLock { $0.append(address) }
                asked.wait()
                return .none
            }, leadsBack: { _, _ in nil })
        let resolver = HostResolver(options(.everybody), lookup: lookup)
        let all = (0..<5000).map { IPAddress.v4(IPv4Address(0x0A00_0000 + UInt32($0))) }
        resolver.want(all)
        wait("all threads wait") { asked.addresses.withLock { $0.count } == HostResolver.threads }
        let report = resolver.report
        #expect(report.asking == HostResolver.threads && report.waiting <= ResolverQueue.queueLimit)
        #expect(report.overflowed >= UInt64(5000 - ResolverQueue.queueLimit - HostResolver.threads))
        resolver.learn([HostName(all[9], "known.test")])
        #expect(resolver.name(of: all[9]) == "known.test")
        resolver.stop()
        asked.isOpen.store(true, ordering: .releasing)
        Clocks.sleep(nanoseconds: 50_000_000)
        #expect(asked.addresses.withLock { $0.count } == HostResolver.threads, "nobody is asked after the end")
    }
}
