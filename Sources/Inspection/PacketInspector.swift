import Flows
import Inspectors
public import PacketDecoding
public import PacketStages
import Primitives
import Records
import Reputation

/// What a worker does with each packet for the Security log: forged sources, known intruders, datagrams and streams put
/// together, FTP. The daemon and `gatelog inspect` alike.
///
/// Owned by one worker. Allocates nothing for a packet of which nothing is told, once its tables have grown.
public struct PacketInspector: ~Copyable {
    public private(set) var counters = InspectionCounters()
    private var plan: InspectionPlan
    private var teller = EventTeller()
    private var conversations: ConversationInspector
    private var datagrams: DatagramReassembler
    private var spoofed: RepeatGuard
    private var listed: RepeatGuard
    /// Of a datagram that was put together: the packet's own stay as they are.
    private var inner = Layers()

    /// `seed` is secret and new for each run, but where a capture's events shall be the same each time.
    public init(_ plan: InspectionPlan, seed: UInt64) {
        self.plan = plan
        conversations = ConversationInspector(plan.flows, seed: seed)
        datagrams = DatagramReassembler(plan.datagrams, seed: seed)
        spoofed = RepeatGuard(capacity: 16_384, lifetime: Self.minute, seed: seed)
        listed = RepeatGuard(capacity: 65_536, lifetime: 60 * Self.minute, seed: seed)
    }

    private static var minute: Int64 { 60_000_000_000 }

    /// Goes on with another plan; conversations are kept, and so are the limits that they began with.
    public mutating func adopt(_ plan: InspectionPlan) { self.plan = plan }

    /// What was found since `told`.
    public var events: [InspectedEvent] { teller.events }

    /// Something was found. Cheap enough to ask for each packet.
    public var hasEvents: Bool { !teller.events.isEmpty }

    /// Takes a packet that `tables` has read last.
    public mutating func take(_ frame: Frame, _ bytes: RawSpan, _ tables: borrowing PacketTables) {
        let layers = tables.layers
        guard !layers.present.isDisjoint(with: .ip) else { return }
        counters.packets += 1
        if frame.direction != .outgoing { checkSource(frame, layers, bytes, tables) }
        if !plan.intruders.isEmpty { checkLists(frame, layers, bytes, tables) }
        guard plan.readsStreams else { return }
        if layers.present.contains(.fragment) {
            takeFragment(frame, layers, bytes, tables)
        } else {
            conversations.take(frame, layers, bytes, tables, plan, &teller)
        }
    }

    /// The end of a batch: forgets what is silent.
    public mutating func endBatch() {
        conversations.endBatch()
        counters.ftpAttacks = conversations.ftpAttacks
        counters.conflicts = conversations.conflictCount
        counters.flows = conversations.flows.counters
        counters.streams = conversations.flows.streamCounters
        counters.datagrams = datagrams.counters
        counters.conversations = conversations.flows.count
        counters.heldBytes = conversations.flows.heldBytes
        counters.repeated = spoofed.held &+ listed.held &+ conversations.held
    }

    /// All events were taken over.
    public mutating func told() { teller.events.removeAll(keepingCapacity: true) }
}

// MARK: Addresses

extension PacketInspector {
    private mutating func checkSource(
        _ frame: Frame, _ layers: Layers, _ bytes: RawSpan, _ tables: borrowing PacketTables
    ) {
        guard let sources = plan.sources, frame.interface != .none else { return }
        let verdict = sources.verdict(layers, bytes, on: UInt32(frame.interface.rawValue))
        guard verdict.isSpoofed else { return }
        counters.spoofed += 1
        let key = TableKey(conversationOf: layers, bytes, UInt64(frame.interface.rawValue))
        guard spoofed.allows(key, at: frame.time), let packet = teller.packet(frame, layers, bytes, tables) else {
            return
        }
        let reason: SpoofedPacket.Reason =
            switch verdict {
            case .martian: .martian
            case .nowhere: .nowhere
            default: .elsewhere
            }
        teller.tell(.spoofing(SpoofedPacket(packet, reason: reason)), frame)
    }

    private mutating func checkLists(
        _ frame: Frame, _ layers: Layers, _ bytes: RawSpan, _ tables: borrowing PacketTables
    ) {
        guard let source = layers.source(in: bytes), let destination = layers.destination(in: bytes) else { return }
        checkLists(source, frame, layers, bytes, tables)
        checkLists(destination, frame, layers, bytes, tables)
    }

    private mutating func checkLists(
        _ remote: IPAddress, _ frame: Frame, _ layers: Layers, _ bytes: RawSpan, _ tables: borrowing PacketTables
    ) {
        for place in plan.intruders.places(of: remote) {
            let listing = plan.intruders.listings[Int(place)]
            if let wanted = listing.protocolNumber, wanted != layers.protocolNumber { continue }
            counters.listed += 1
            let key = TableKey(remote.high, remote.low, UInt64(listing.gid) << 32 | UInt64(listing.sid))
            guard listed.allows(key, at: frame.time), let packet = teller.packet(frame, layers, bytes, tables) else {
                continue
            }
            let alert = IntrusionAlert(
                .blacklist, gid: listing.gid, sid: listing.sid, revision: listing.revision, message: listing.message,
                packet: packet)
            teller.tell(.intrusion(alert), frame)
        }
    }
}

// MARK: Datagrams

extension PacketInspector {
    private mutating func takeFragment(
        _ frame: Frame, _ layers: Layers, _ bytes: RawSpan, _ tables: borrowing PacketTables
    ) {
        let outcome = datagrams.take(layers, bytes, at: frame.time)
        guard outcome == .whole || outcome == .wholeWithConflict else { return }
        if outcome == .wholeWithConflict, plan.tellsConflicts {
            conversations.tell(.fragments, frame, layers, bytes, tables, nil, &teller)
        }
        PacketInspector.follow(datagrams, frame, tables, plan, &inner, &conversations, &teller)
    }

    // The reassembler lends the datagram's bytes: the compiler wants each to be a parameter.
    private static func follow(
        _ datagrams: borrowing DatagramReassembler, _ frame: Frame, _ tables: borrowing PacketTables,
        _ plan: InspectionPlan, _ inner: inout Layers, _ conversations: inout ConversationInspector,
        _ teller: inout EventTeller
    ) {
        let datagram = datagrams.datagram
        var whole = frame
        whole.linkType = .raw
        whole.capturedLength = datagram.byteCount
        whole.originalLength = datagram.byteCount
        inner.decode(datagram, of: whole)
        conversations.take(whole, inner, datagram, tables, plan, &teller)
    }
}

extension TableKey {
    /// Who sends to whom, and one fact more.
    init(conversationOf layers: Layers, _ bytes: RawSpan, _ fact: UInt64) {
        guard let source = layers.source(in: bytes), let destination = layers.destination(in: bytes) else {
            self.init(fact)
            return
        }
        self.init(source.high, source.low, destination.high, destination.low, fact)
    }
}

extension IPAddress {
    fileprivate var high: UInt64 { if case .v6(let six) = self { six.high } else { 0 } }

    fileprivate var low: UInt64 {
        switch self {
        case .v4(let four): 0xFFFF_0000_0000 | UInt64(four.number)
        case .v6(let six): six.low
        }
    }
}
