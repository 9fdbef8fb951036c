import BasicContainers
import Expressions
import HostResolution
import LogFiles
import LogIndex
import PacketDecoding
import PacketDumps
import PacketStages
import Records
import Synchronization

/// What one worker does with a packet: asks every tap, and serves those that are met. Owned by its thread; allocates,
/// locks and waits for nothing on the way of a packet, but for a sink that was told to wait (a file's replay).
struct PacketWorker: ~Copyable {
    private(set) var plan: WorkerPlan
    private(set) var tables: PacketTables
    private var renderer: PacketLineRenderer
    private var debugLog: LogProducer
    /// Only where the firewall's log is read.
    private var filterLog: LogProducer?
    /// Only where there is an ipl log.
    private var recorder: PacketRecorder?
    private let source: PacketRecord.Source
    private let feed: FeedKind
    /// Where names of hosts come that were asked for.
    private let inbox = HostInbox()
    /// Interfaces of the source that were learned, where it brings its own.
    var sourceInterfaces = 0

    /// A worker that begins with `plan`; `seed` is new for each run.
    init(
        _ plan: consuming WorkerPlan, feed: FeedKind, source: PacketRecord.Source, debugLog: consuming LogProducer,
        filterLog: consuming LogProducer? = nil, ipl: IPLogFeed? = nil, seed: UInt64
    ) {
        tables = PacketTables(plan.needs, plan.lookups, seed: seed)
        renderer = plan.plan.lines.renderer
        self.plan = plan
        self.feed = feed
        self.source = source
        self.debugLog = debugLog
        self.filterLog = filterLog
        recorder = ipl.map { PacketRecorder($0) }
        teach()
    }

    /// Goes on with another plan; what packets taught is kept.
    mutating func adopt(_ next: consuming WorkerPlan) {
        endBatch()
        tables.reconfigure(next.needs, next.lookups)
        renderer = next.plan.lines.renderer
        plan = next
        teach()
    }

    private mutating func teach() {
        let lines = plan.plan.lines
        debugLog.setLimit(lines.rate > 0 ? RateLimit(linesPerSecond: lines.rate, burst: lines.burst) : nil)
        for (id, interface) in plan.plan.interfaces {
            tables.learn(interface, as: id)
            recorder?.learn(interface.kernelName ?? interface.displayName, as: id)
        }
        tables.newsTold()
        for index in plan.taps.indices { tables.teach(&plan.taps[index].program) }
    }

    /// Names an interface that the source brought (a file's).
    mutating func learn(_ interface: Directory.Interface, as id: InterfaceID) {
        tables.learn(interface, as: id)
        recorder?.learn(interface.kernelName ?? interface.displayName, as: id)
        tellNews()
    }

    /// One packet, from its bytes to the sinks.
    @inline(__always)
    mutating func take(_ frame: Frame, _ bytes: RawSpan) {
        if plan.isPlain, feed == .interfaces, let packet = PlainPacket(bytes, of: frame),
            !tables.learnsHosts || !packet.isNameAnswer
        {
            takePlain(packet, frame, bytes)
        } else {
            takeDecoded(frame, bytes)
        }
    }

    @inline(__always)
    private mutating func takePlain(_ packet: borrowing PlainPacket, _ frame: Frame, _ bytes: RawSpan) {
        var met: UInt64 = 0
        for index in plan.taps.indices {
            if let plain = plan.taps[index].plain, plain.matches(packet) { met |= 1 << UInt64(index) }
        }
        guard met != 0 else { return }
        tables.readPlain(frame, bytes)
        serve(met, frame, bytes)
    }

    @inline(never)
    private mutating func takeDecoded(_ frame: Frame, _ bytes: RawSpan) {
        var frame = frame
        tables.read(&frame, bytes)
        if tables.hasNews { tellNews() }
        var met: UInt64 = 0
        for index in plan.taps.indices {
            if plan.taps[index].program.matches(frame, tables.layers, bytes, tables.facts) {
                met |= 1 << UInt64(index)
            }
        }
        if feed == .firewallLog { tellFirewall(frame, bytes) }
        if met != 0 { serve(met, frame, bytes) }
    }

    /// Takes over what is new of users, at the border of a batch: a few of them where packets wait.
    mutating func followUsers(isIdle: Bool) {
        tables.followUsers(most: isIdle ? Self.newsWhenIdle : Self.newsWithPackets)
        if tables.hasNews { tellNews() }
    }

    /// Users that are learned at the border of a batch: a millisecond's worth, and ten of them.
    static let newsWithPackets = 2_048
    static let newsWhenIdle = 20_480

    private mutating func serve(_ met: UInt64, _ frame: Frame, _ bytes: RawSpan) {
        var left = met
        while left != 0 {
            let index = left.trailingZeroBitCount
            left &= left &- 1
            plan.taps[index].matches &+= 1
            if plan.taps[index].purpose == .packetLog {
                tables.findUsers(bytes)
                let record = tables.record(of: frame, bytes, source: source)
                debugLog.append(
                    record, bytes, tables.names, facts: tables.facts, &renderer, form: .packetLogging, kind: .packet)
            } else if plan.taps[index].purpose == .ipl {
                recorder?.append(frame, tables.layers, bytes)
            } else {
                plan.taps[index].dump?.append(frame, bytes, rule: tables.layers.ruleBytes)
            }
        }
    }

    /// Every packet that the firewall logged is a line of the Filter log, and a drop one of the Debug log.
    private mutating func tellFirewall(_ frame: Frame, _ bytes: RawSpan) {
        if plan.plan.recordsFirewall { recorder?.append(frame, tables.layers, bytes) }
        tables.findUsers(bytes)
        let record = tables.record(of: frame, bytes, source: source)
        if plan.plan.writesFilterLog {
            filterLog?.append(
                record, bytes, tables.names, facts: tables.facts, &renderer, form: .filterLog, kind: .filter)
        }
        guard plan.plan.tellsDrops, record.present.contains(.verdict), record.verdict != .pass else { return }
        debugLog.append(
            record, bytes, tables.names, facts: tables.facts, &renderer, form: .drop(.trafficRule), kind: .drop)
    }

    @inline(never)
    private mutating func tellNews() {
        for index in plan.taps.indices { tables.tell(&plan.taps[index].program) }
        tables.newsTold()
    }

    /// Names go from worker to worker by way of the resolver: what was learned and what is wanted is handed over, what
    /// others know is taken over. Costs an atomic load where there is nothing.
    private mutating func exchangeNames() {
        guard let resolver = plan.plan.hosts.resolver else { return }
        if !tables.answeredHosts.isEmpty {
            resolver.learn(tables.answeredHosts.map { HostName($0.address, tables.hostName($0.number)) })
            tables.answersTaken()
        }
        if !tables.wantedHosts.isEmpty {
            resolver.want(tables.wantedHosts, for: inbox)
            tables.questionsTaken()
        }
        guard inbox.hasNews else { return }
        for item in inbox.take() { tables.settle(host: item.name, of: item.address) }
        if tables.hasNews { tellNews() }
    }

    /// Hands what was gathered to the writers, and publishes what was counted.
    mutating func endBatch() {
        if plan.plan.hosts.resolver != nil { exchangeNames() }
        debugLog.endBatch()
        filterLog?.endBatch()
        recorder?.endBatch()
        for index in plan.taps.indices {
            plan.taps[index].dump?.endBatch()
            let matches = plan.taps[index].matches
            if matches > 0 {
                plan.taps[index].counter.matches.add(matches, ordering: .relaxed)
                plan.taps[index].matches = 0
            }
        }
    }
}

extension Layers {
    /// Where the name of the firewall's rule stands in the frame; empty without one.
    var ruleBytes: Range<Int> {
        present.contains(.rule) ? Int(ruleOffset)..<Int(ruleOffset) + Int(ruleLength) : 0..<0
    }
}
