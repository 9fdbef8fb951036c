import CaptureFiles
import Expressions
import LiveCapture
import PacketDecoding
import PacketStages
import Primitives
import Records
import Settings
import SystemCalls

extension GatewayEngine {
    /// Opens what the settings want. Capturing is what the engine is for: without it this throws. The firewall's log
    /// and the connections may be missing, and then `status` says so.
    func openSources() throws(EngineError) {
        if let replay = options.replay {
            try openReplay(replay)
            return
        }
        try openRings()
        openFirewallLog()
        openConnections()
    }

    private var sinks: SourceThread.Sinks {
        SourceThread.Sinks(
            debug: logs[.debug], filter: logs[.filter], ipl: iplFeed, waits: options.replay != nil,
            seed: .random(in: 0 ... .max))
    }

    private func openRings() throws(EngineError) {
        let capture = document.capture
        let workers = capture.workers.value ?? 1
        var ring = RingOptions()
        ring.blockCount = max(4, capture.ring.value.bytes / workers / ring.blockSize)
        ring.interfaces = plan.captured
        if capture.promiscuous.value {
            ring.promiscuous = plan.captured ?? Set(networkInterfaces.filter(\.isEthernet).map(\.index))
        }
        if workers > 1 { ring.fanout = .first(seed: .random(in: 0 ... .max)) }
        for number in 0..<workers {
            do {
                let orders = WorkerOrders(name: "capture \(number)", feed: .interfaces)
                ring.wakeDescriptor = orders.wakeDescriptor
                let source = try PacketRing(ring)
                if number == 0, let group = source.fanoutGroup { ring.fanout = .member(of: group) }
                try startRing(source, orders)
            } catch let error as SourceError {
                throw EngineError("\(error)")
            } catch {
                throw EngineError("a worker could not be started: \(error)")
            }
        }
    }

    private func startRing(_ source: consuming PacketRing, _ orders: WorkerOrders) throws {
        let worker = try workerPlan(plan, feed: .interfaces)
        sources.append(
            try SourceThread(
                source, worker, orders: orders, sinks: sinks, record: .capture,
                adopt: { (ring: inout PacketRing, plan: borrowing WorkerPlan) throws(SourceError) in
                    try ring.watch(plan.plan.captured)
                    if let filter = plan.filter { try ring.attach(filter.instructions.map(FilterInstruction.init)) }
                }))
    }

    private func openFirewallLog() {
        let settings = document.firewallLog
        let groups = settings.groups.value
        guard !groups.isEmpty else { return }
        var options = FirewallLogSource.Options(groups: groups.map { UInt16(clamping: $0) })
        options.receiveBuffer = settings.buffer.value.bytes * groups.count
        let orders = WorkerOrders(name: "firewall log", feed: .firewallLog)
        do {
            let source = try FirewallLogSource(options)
            let worker = try workerPlan(plan, feed: .firewallLog)
            sources.append(
                try SourceThread(
                    source, worker, orders: orders, sinks: sinks, record: .nflog,
                    adopt: { (_: inout FirewallLogSource, _: borrowing WorkerPlan) throws(SourceError) in }))
            standing["firewall log"] = nil
        } catch {
            standing["firewall log"] = Condition(source: "firewall log", "the firewall's log is not read", error)
        }
    }

    private func openConnections() {
        let feed = connectionFeed
        let isLogged = document.connections.log.value
        guard isLogged || feed != nil else { return }
        do {
            connections = try ConnectionThread(
                receiveBuffer: document.connections.buffer.value.bytes, log: isLogged ? logs[.connection] : nil,
                ipl: feed, lines: plan.lines,
                services: plan.directory.services, users: logins,
                hosts: namesConnections ? resolver : nil)
            standing["connections"] = nil
        } catch {
            standing["connections"] = Condition(source: "connections", "connections are not watched", error)
        }
    }

    private func openReplay(_ replay: EngineOptions.Replay) throws(EngineError) {
        let own = OwnAddresses(
            hardware: networkInterfaces.compactMap(\.mac),
            addresses: networkInterfaces.flatMap { $0.addresses.map(\.address) })
        do {
            var settings = ReplayOptions(path: replay.path)
            settings.pace = replay.speed.map { .speed($0) } ?? .unbounded
            settings.loops = replay.loops
            settings.ownAddresses = own
            let orders = WorkerOrders(name: "replay", feed: .interfaces)
            settings.wakeDescriptor = orders.wakeDescriptor
            let source = try ReplaySource(settings)
            let worker = try workerPlan(plan, feed: .interfaces)
            let board = interfaceNames
            sources.append(
                try SourceThread(
                    source, worker, orders: orders, sinks: sinks, record: .file,
                    adopt: { (_: inout ReplaySource, _: borrowing WorkerPlan) throws(SourceError) in },
                    look: { (source: inout ReplaySource, worker: inout PacketWorker) in
                        guard source.interfaceCount > worker.sourceInterfaces else { return }
                        for found in source.interfaces.dropFirst(worker.sourceInterfaces) {
                            let interface = Directory.Interface(
                                displayName: found.description ?? found.name ?? "interface \(found.id.rawValue)",
                                kernelName: found.name)
                            worker.learn(interface, as: found.id)
                            board.add(interface, as: found.id)
                        }
                        worker.sourceInterfaces = source.interfaceCount
                    }))
        } catch {
            throw EngineError("\(error)")
        }
    }
}

extension FilterInstruction {
    init(_ instruction: BPFInstruction) {
        self.init(
            code: instruction.code, jumpIfTrue: instruction.jumpIfTrue, jumpIfFalse: instruction.jumpIfFalse,
            operand: instruction.operand)
    }
}
