import Flows
import Inspectors
import PacketDecoding
import PacketStages
import Primitives
import Records

/// Follows conversations and reads those that are of interest: FTP, and bytes that contradict each other.
struct ConversationInspector: ~Copyable {
    private(set) var flows: FlowTracker
    private(set) var ftpAttacks: UInt64 = 0
    private(set) var conflictCount: UInt64 = 0
    private var ftp = FTPInspector()
    private var conflicts: RepeatGuard

    init(_ limits: FlowLimits, seed: UInt64) {
        flows = FlowTracker(limits, seed: seed)
        conflicts = RepeatGuard(capacity: 16_384, lifetime: 60_000_000_000, seed: seed)
    }

    /// Conflicts that were not told.
    var held: UInt64 { conflicts.held }

    /// Takes a packet that is no fragment.
    mutating func take(
        _ frame: Frame, _ layers: Layers, _ bytes: RawSpan, _ tables: borrowing PacketTables, _ plan: InspectionPlan,
        _ teller: inout EventTeller
    ) {
        guard let tracked = flows.take(layers, bytes, at: frame.time, domain: UInt32(frame.interface.rawValue)) else {
            return
        }
        if !flows.ended.isEmpty { forgetEnded() }
        if tracked.isNew { begin(tracked.flow, layers, plan) }
        guard !flows.events.isEmpty else { return }
        for place in flows.events.indices {
            let event = flows.events[place]
            switch event.kind {
            case .data: readFTP(event, tracked, frame, layers, bytes, tables, plan, &teller)
            case .gap:
                let number = flows[flow: tracked.flow].attachment
                if number >= 0 { ftp.miss(event.direction, of: number) }
            case .conflict:
                if plan.tellsConflicts { tell(.segments, frame, layers, bytes, tables, tracked.flow, &teller) }
            case .finished, .reset: break
            }
        }
    }

    /// Forgets what is silent.
    mutating func endBatch() {
        flows.expire()
        forgetEnded()
    }

    /// Tells of bytes that came twice with different values.
    mutating func tell(
        _ kind: Conflict, _ frame: Frame, _ layers: Layers, _ bytes: RawSpan, _ tables: borrowing PacketTables,
        _ flow: Int32?, _ teller: inout EventTeller
    ) {
        conflictCount += 1
        let key = TableKey(conversationOf: layers, bytes, UInt64(kind.rawValue) << 32 | UInt64(layers.sourcePort))
        guard conflicts.allows(key, at: frame.time), var packet = teller.packet(frame, layers, bytes, tables) else {
            return
        }
        packet.flowID = flow.map { flows[flow: $0].id }
        let alert = IntrusionAlert(
            .medium, gid: Conflict.generator, sid: kind.rawValue, revision: 1, message: kind.message, packet: packet)
        teller.tell(.intrusion(alert), frame)
    }

    private mutating func begin(_ index: Int32, _ layers: Layers, _ plan: InspectionPlan) {
        guard layers.protocolNumber == IPProtocol.tcp else { return }
        let flow = flows[flow: index]
        let isExpected = plan.ftpPorts.contains(flow.server.port)
        if isExpected || plan.findsFTPAnywhere {
            flows[flow: index].attachment = ftp.begin(
                client: flow.client.ipAddress, server: flow.server.ipAddress, isExpected: isExpected)
        } else if !plan.tellsConflicts {
            flows.passOver(index)
        }
    }

    private mutating func readFTP(
        _ event: StreamEvent, _ tracked: TrackedPacket, _ frame: Frame, _ layers: Layers, _ bytes: RawSpan,
        _ tables: borrowing PacketTables, _ plan: InspectionPlan, _ teller: inout EventTeller
    ) {
        let number = flows[flow: tracked.flow].attachment
        guard number >= 0 else { return }
        let goesOn = ConversationInspector.read(event, flows, bytes, of: number, plan, &ftp)
        for finding in ftp.findings {
            guard var packet = teller.packet(frame, layers, bytes, tables) else { break }
            let flow = flows[flow: tracked.flow]
            packet.flowID = flow.id
            ftpAttacks += 1
            let attack = FTPAttack(
                finding.kind == .bounce ? .bounce : .reply, client: flow.client.ipAddress,
                server: flow.server.ipAddress, line: finding.line, packet: packet)
            teller.tell(.ftp(attack), frame)
        }
        if !goesOn {
            ftp.end(number)
            flows[flow: tracked.flow].attachment = -1
            if !plan.tellsConflicts { flows.passOver(tracked.flow) }
        }
    }

    // The tracker lends the bytes while the inspector changes: the compiler wants each to be a parameter.
    private static func read(
        _ event: StreamEvent, _ flows: borrowing FlowTracker, _ bytes: RawSpan, of number: Int32,
        _ plan: InspectionPlan, _ ftp: inout FTPInspector
    ) -> Bool {
        ftp.take(flows.bytes(of: event, in: bytes), event.direction, of: number, translated: plan.translated)
    }

    private mutating func forgetEnded() {
        for ended in flows.ended { ftp.end(ended.attachment) }
        flows.endedTold()
    }
}

/// Bytes that came twice with different values: who sends such may hide something from a watcher.
enum Conflict: UInt32 {
    case segments = 1
    case fragments = 2

    /// The generator of these alerts, beside that of the blacklists.
    static var generator: UInt32 { 7202 }

    var message: String {
        switch self {
        case .segments: "TCP segments overlap with different bytes"
        case .fragments: "IP fragments overlap with different bytes"
        }
    }
}

extension FlowKey.Endpoint {
    fileprivate var ipAddress: IPAddress {
        high == 0 && low >> 32 == 0xFFFF
            ? .v4(IPv4Address(UInt32(truncatingIfNeeded: low))) : .v6(IPv6Address(high: high, low: low))
    }
}
