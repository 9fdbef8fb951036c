public import ControlMessages
import Directories
import Expressions
import LiveCapture
import LogFiles
import LogIndex
import PacketDumps
import Primitives
import Settings
import SettingsStore
import Synchronization
import SystemCalls

extension GatewayEngine: EngineControl {
    public func status() async -> EngineStatus {
        var status = EngineStatus(
            version: options.version, gateway: document.gateway.value ?? Machine.hostName,
            startedAt: EventTimes.text(startedAt), processID: Int(Machine.processID),
            residentBytes: Machine.residentBytes)
        status.sources =
            sources.map { SourceState($0.orders.name, $0.orders.report) } + (connections.map { [$0.state] } ?? [])
        status.demands = demandStates
        status.logs = logs.all.map { LogState($0.name, $0.writer) }
        status.dumps = dumpStore.list().filter { $0.phase != .finished }.map(DumpState.init)
        status.problems = board.texts
        return status
    }

    private var demandStates: [DemandState] {
        let counters = Dictionary(plan.taps.map { ($0.name, $0.counter) }) { first, _ in first }
        var states = filter.effects.map { effect in
            var state = DemandState(
                name: effect.demand.name, expression: effect.demand.text, opensFilter: effect.opens)
            state.undecided = effect.undecided
            state.matches = counters[effect.demand.name]?.matches.load(ordering: .relaxed) ?? 0
            return state
        }
        for tap in plan.taps(of: .firewallLog) {
            var state = DemandState(name: tap.name, expression: tap.text, opensFilter: false)
            state.undecided = ["fed by the firewall's log"]
            state.matches = tap.counter.matches.load(ordering: .relaxed)
            states.append(state)
        }
        return states
    }

    public func interfaces() async -> [InterfaceState] {
        zip(networkInterfaces, namedInterfaces).map { interface, named in
            var state = InterfaceState(
                name: named.interface.displayName, device: interface.name, index: Int(interface.index),
                kind: named.interface.kind.rawValue.lowercased(), trusted: named.isTrusted, isUp: interface.isUp,
                isCaptured: options.replay == nil && (plan.captured?.contains(interface.index) ?? true))
            state.addresses = interface.addresses.map { "\($0)" }
            return state
        }
    }

    public func lists() async -> [AddressListState] {
        (plan.directory.lists ?? [:]).sorted { $0.key < $1.key }.map { name, ranges in
            AddressListState(name: name, ranges: ranges.count)
        }
    }

    public func list(_ name: String) async throws(ControlError) -> AddressListState {
        guard let ranges = plan.directory.lists?[name] else {
            throw ControlError(
                .notFound, "there is no address group \"\(name)\"; `gatelog list list` shows those that are")
        }
        var state = AddressListState(name: name, ranges: ranges.count)
        state.sample = ranges.prefix(1000).map { "\($0)" }
        return state
    }

    /// What an administrator should act on just now.
    func problems() -> [ProblemBoard.Key: String] {
        var found = standing
        for problem in settingsBoard.problems { found["group \(problem)"] = problem }
        for warning in settingsBoard.stored.warnings { found["settings \(warning)"] = warning }
        let group = document.api.group
        if group.place != nil, UserDatabase.group(named: group.value) == nil {
            found["api.group"] =
                "\(fault(at: group.place, "this machine has no group \"\(group.value)\": groupadd it"))"
        }
        for source in sources {
            let report = source.orders.report
            if case .failed(let error) = report.state {
                found["source \(source.orders.name)"] = "\(source.orders.name) stopped: \(error)"
            }
            if report.counters.dropped > 0 {
                found["drops \(source.orders.name)"] =
                    "\(source.orders.name): \(report.counters.dropped) packets lost in the kernel since nobody took them "
                    + "in time; narrow the expression, or give capture.ring or firewall_log.buffer more memory"
            }
        }
        for (name, writer) in logs.all {
            let state = writer.state
            if let suspension = state.suspension {
                found["suspended \(name)"] = "the \(name) log is suspended: \(suspension.error)"
            }
        }
        for dump in dumpStore.list() where dump.phase == .suspended {
            found["dump \(dump.order.name)"] = "the dump \(dump.order.name) is suspended: \(dump.reason ?? "disk full")"
        }
        if let connections {
            if case .failed(let error) = connections.latest.state {
                found["source connections"] = "connections are not watched any more: \(error)"
            }
            for problem in connections.tracking.switches.compactMap(\.problem) { found[problem] = problem }
        }
        if let problem = logs.budget.problem { found["budget"] = "old log files cannot be tidied up: \(problem)" }
        return found
    }

    /// Looks after what ends and fails by itself; called once a second.
    func keepHouse() async {
        await keepDumpBudget()
        forgetEndedDumps()
        tellDumpsOfLosses()
        let changes = board.update(problems())
        for text in changes.began { logs.say(.warning, .warning, text) }
        for text in changes.ended { logs.say(.warning, .warning, text) }
    }
}

extension SourceState {
    init(_ name: String, _ report: WorkerOrders.Report) {
        let state =
            switch report.state {
            case .starting: "starting"
            case .running: "running"
            case .ended: "ended"
            case .failed(let error): "\(error)"
            }
        self.init(name: name, state: state)
        packets = report.counters.packets
        bytes = report.counters.bytes
        dropped = report.counters.dropped
        malformed = report.counters.malformed
        fill = report.counters.fill
    }
}

extension LogState {
    init(_ name: LogName, _ writer: LogWriter) {
        let state = writer.state
        self.init(name: name.rawValue, path: writer.path)
        lines = state.lines
        bytes = UInt64(clamping: state.bytes)
        segments = state.segments
        suppressed = state.suppressed
        lost = state.lost
        suspended = state.suspension.map { "\($0.error)" }
    }
}
