import BasicContainers
import Expressions
import GeoDatabases
import PacketDumps
import PacketStages
import Records

/// A tap as one worker runs it.
struct Tap: ~Copyable {
    let purpose: TapPlan.Purpose
    var program: Program
    /// Answers for plain packets; nil where the program needs more than their headers.
    let plain: PlainMatcher?
    var dump: DumpProducer?
    let counter: TapCounter
    /// Matches since the last publication.
    var matches: UInt64 = 0
}

/// A plan as one worker runs it: compiled by the control plane, so that the worker only has to take it over.
///
/// Not shared: whoever has it owns it, and the databases in it.
struct WorkerPlan: ~Copyable, @unchecked Sendable {
    let plan: Plan
    var taps: UniqueArray<Tap>
    let needs: PacketTables.Needs
    let lookups: PacketLookups
    /// All taps answer plain packets from their headers alone.
    let isPlain: Bool

    /// What the source has to let through; only a ring can.
    let filter: KernelFilter?

    /// Most taps of one worker: their matches are bits of a word.
    /// - Limit: expressions of one source |  | never reached: packet logging and the dumps that run
    static let tapLimit = 64

    /// Compiles the taps of `plan` that a source of `feed` serves, and tells them of all users, so that the worker need
    /// not. `producer` gives each dump's tap its own.
    init(
        _ plan: Plan, feed: FeedKind, filter: KernelFilter?, users: KnownUsers, producer: (DumpID) -> DumpProducer?
    ) throws(GeoDatabaseError) {
        var needs = PacketTables.Needs(plan.lines.renderer.needs)
        // Of what is written, users are looked up then (`PacketTables.findUsers`).
        needs.remove(.users)
        if feed == .interfaces, !plan.taps(of: feed).contains(where: { $0.purpose == .packetLog }) { needs = [] }
        var taps = UniqueArray<Tap>()
        var isPlain = true
        for tap in plan.taps(of: feed).prefix(Self.tapLimit) {
            var program = Program(tap.tree, directory: plan.directory)
            users.teach(&program)
            needs.formUnion(PacketTables.Needs(program.demands))
            let plain = program.plainMatcher
            if plain == nil { isPlain = false }
            let dump: DumpProducer? = if case .dump(let id) = tap.purpose { producer(id) } else { nil }
            taps.append(
                Tap(purpose: tap.purpose, program: program, plain: plain, dump: dump, counter: tap.counter))
        }
        var geography = Geography()
        if let path = plan.geography.country { try geography.open(path, for: .country) }
        if let path = plan.geography.networks { try geography.open(path, for: .asn) }
        if plan.hosts.shares, feed == .interfaces { needs.insert(.answers) }
        self.plan = plan
        self.taps = taps
        self.needs = needs
        self.isPlain = isPlain && needs.isDisjoint(with: [.hosts, .users, .geography])
        self.filter = filter
        lookups = PacketLookups(users: users, geography: geography, asksForHosts: plan.hosts.resolver != nil)
    }
}
