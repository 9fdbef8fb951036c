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
        status.ipl = iplStates
        status.syslog = syslogStates
        status.radius = radiusState
        status.names = nameState
        status.users = usersState
        status.problems = board.texts
        status.conditions = board.states
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

    /// Looks after what ends and fails by itself; called once a second.
    func keepHouse() async {
        await keepDumpBudget()
        forgetEndedDumps()
        openIPLogDevice()
        tellDumpsOfLosses()
        keepAccounts()
        lookAtConditions()
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
