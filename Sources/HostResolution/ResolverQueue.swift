import Primitives

/// Whose names the resolver is asked for.
public enum ResolverScope: Hashable, Sendable {
    case nobody
    /// Of private networks.
    case ownNetworks
    case everybody
}

/// How the resolver is asked.
public struct ResolverOptions: Hashable, Sendable {
    public var scope: ResolverScope
    /// Questions a second.
    public var rate: Int
    /// Nanoseconds that a name holds, that it holds that there is none, and that an answer failed to come.
    public var keep: Int64
    public var keepMissing: Int64
    public var keepFailed: Int64 = 60_000_000_000

    public init(scope: ResolverScope, rate: Int, keep: Int64, keepMissing: Int64) {
        self.scope = scope
        self.rate = rate
        self.keep = keep
        self.keepMissing = keepMissing
    }
}

/// What happened so far.
public struct ResolverReport: Hashable, Sendable {
    /// Names that DNS answers on the wire taught.
    public var learned: UInt64 = 0
    /// Questions to the system's resolver, and what came of them.
    public var questions: UInt64 = 0
    public var found: UInt64 = 0
    public var missing: UInt64 = 0
    public var failed: UInt64 = 0
    /// Answers that are no names, or whose name does not lead back to the address.
    public var refused: UInt64 = 0
    /// Addresses that found no room in the queue.
    public var overflowed: UInt64 = 0
    public var waiting = 0
    /// Questions that are under way, and for how many nanoseconds the oldest has been.
    public var asking = 0
    public var oldest: Int64 = 0
    /// Addresses with a name, or known to have none.
    public var cached = 0

    public init() {}
}

/// What is known of names, what is asked, and what waits: without threads and without a clock. Times are nanoseconds of a
/// clock that does not jump.
struct ResolverQueue: Sendable {
    /// Addresses that wait for the resolver.
    static let queueLimit = 4096
    /// Addresses whose names are known, of each source.
    static let cacheLimit = 65_536

    enum Outcome: Hashable {
        case found(String)
        case missing
        case failed
        case refused
    }

    private struct Entry: Sendable {
        /// Nil: there is none.
        var name: String?
        /// Until when it holds.
        var end: Int64
    }

    var options: ResolverOptions
    private(set) var report = ResolverReport()
    /// What DNS answers on the wire told: goes before what the resolver says.
    private var learned = NameCache<String>(capacity: cacheLimit)
    private var resolved = NameCache<Entry>(capacity: cacheLimit)
    private var waiting: [IPAddress] = []
    /// Where the next one stands in `waiting`.
    private var head = 0
    /// Who waits for which address; also those that are being asked.
    private var waiters: [IPAddress: [HostInbox]] = [:]
    private var asking: [IPAddress: Int64] = [:]
    private var tokens: Double
    private var refilled: Int64 = 0

    init(_ options: ResolverOptions) {
        self.options = options
        tokens = Double(options.rate)
    }

    var currentReport: ResolverReport {
        var report = report
        report.waiting = waiting.count - head
        report.asking = asking.count
        report.cached = learned.count + resolved.count
        return report
    }

    func oldestQuestion(at now: Int64) -> Int64 { asking.values.min().map { now - $0 } ?? 0 }

    /// A DNS answer named an address.
    mutating func learn(_ name: String, of address: IPAddress) {
        learned.store(name, for: address)
        report.learned += 1
    }

    /// The name of an address as it is known now.
    mutating func name(of address: IPAddress, at now: Int64) -> String? {
        if let name = learned.value(of: address) { return name }
        guard let entry = resolved.value(of: address), entry.end > now || entry.name != nil else { return nil }
        return entry.name
    }

    /// Somebody wants a name. What is known is told at once; what is not is asked for, where that is allowed. True where
    /// something waits for a thread now.
    mutating func want(_ address: IPAddress, at now: Int64, for inbox: HostInbox?) -> Bool {
        if let name = learned.value(of: address) {
            inbox?.put(HostName(address, name))
            return false
        }
        if let entry = resolved.value(of: address) {
            if let name = entry.name { inbox?.put(HostName(address, name)) }
            if entry.end > now { return false }
        }
        guard isInScope(address) else { return false }
        if waiters[address] != nil {
            if let inbox, waiters[address]!.count < 8, !waiters[address]!.contains(where: { $0 === inbox }) {
                waiters[address]!.append(inbox)
            }
            return false
        }
        guard waiters.count < Self.queueLimit else {
            report.overflowed += 1
            return false
        }
        waiters[address] = inbox.map { [$0] } ?? []
        waiting.append(address)
        return true
    }

    private func isInScope(_ address: IPAddress) -> Bool {
        switch options.scope {
        case .nobody: false
        case .ownNetworks: address.isPrivate
        case .everybody: address.isOfOneHost
        }
    }

    /// The next address to ask for; or how long nobody may ask, nil where nothing waits.
    mutating func next(at now: Int64) -> (address: IPAddress?, pause: Int64?) {
        guard head < waiting.count else { return (nil, nil) }
        let rate = Double(max(options.rate, 1))
        tokens = min(rate, tokens + Double(max(0, now - refilled)) * rate / 1e9)
        refilled = now
        guard tokens >= 1 else { return (nil, Int64((1 - tokens) / rate * 1e9) + 1) }
        tokens -= 1
        let address = waiting[head]
        head += 1
        if head >= 1024 || head == waiting.count {
            waiting.removeFirst(head)
            head = 0
        }
        asking[address] = now
        report.questions += 1
        return (address, nil)
    }

    /// The resolver answered: who waits is told.
    mutating func settle(_ address: IPAddress, _ outcome: Outcome, at now: Int64) {
        asking[address] = nil
        let before = resolved.value(of: address)?.name
        var name: String?
        var time = options.keepMissing
        switch outcome {
        case .found(let found):
            report.found += 1
            (name, time) = (found, options.keep)
        case .missing: report.missing += 1
        case .refused: report.refused += 1
        case .failed:
            report.failed += 1
            // A name that was true holds on while nobody can say otherwise.
            (name, time) = (before, options.keepFailed)
        }
        resolved.store(Entry(name: name, end: now &+ time), for: address)
        let inboxes = waiters.removeValue(forKey: address) ?? []
        if name != nil || before != nil { for inbox in inboxes { inbox.put(HostName(address, name)) } }
    }

    /// Nobody is asked any more for what waits.
    mutating func drop() {
        for address in waiting[head...] { waiters[address] = nil }
        waiting = []
        head = 0
    }
}
