import ControlMessages
import Expressions
import IPLog
import IPLogDevice
import Settings
import SystemCalls

extension GatewayEngine {
    /// Makes the queues that workers write into. Before the sources are opened.
    func openIPLog() {
        guard document.ipl.enabled.value, iplFeed == nil else { return }
        iplFeed = IPLogFeed(document.ipl)
        openIPLogDevice()
    }

    /// Opens devices or sockets where they are not yet: the run folder is made with the API's socket, and whoever has
    /// our place may go. Called once a second.
    func openIPLogDevice() {
        guard let feed = iplFeed, iplDevice == nil, !isStopping.isSet else { return }
        let settings = startDocument.ipl
        var options = RecordDevice.Options(folder: home.run)
        switch settings.device.value {
        case .auto: options.kind = nil
        case .device: options.kind = .device
        case .socket: options.kind = .socket
        }
        let isDevice = options.kind == .device || options.kind == nil && RecordDevice.hasDevices
        guard isDevice || ((try? Paths.status(home.run)) ?? nil) != nil else { return }
        if let group = UserDatabase.group(named: startDocument.api.group.value) {
            options.group = group
            let own = Processes.userID
            options.mayFlush = { $0.userID == 0 || $0.userID == own || $0.groups.contains(group) }
        }
        do {
            iplDevice = try RecordDevice(feed.queues, options)
            standing["ipl"] = nil
        } catch {
            standing["ipl"] = Condition(.ipl, "nobody can read the ipl log: \(error)")
        }
    }

    func closeIPLog() {
        iplDevice?.stop()
        iplDevice = nil
    }

    /// What connections are for, where translations or states are records.
    var connectionFeed: IPLogFeed? {
        iplFeed.flatMap { $0.tellsTranslations || $0.tellsStates ? $0 : nil }
    }

    /// The tap of `ipl.packets`.
    var iplTap: TapPlan? {
        guard iplFeed != nil, let packets = iplPackets, let tree = packets.expression.tree else { return nil }
        return TapPlan(
            name: "ipl log", purpose: .ipl, text: packets.expression.text, tree: tree, counter: packets.counter)
    }

    /// Takes over the expression of `ipl.packets`. One that the firewall's log feeds would record its packets twice.
    func takeUpIPLogPackets(_ document: SettingsDocument) throws(EngineError) {
        let setting = document.ipl.packets
        guard let text = setting.value, !text.isEmpty else {
            iplPackets = nil
            return
        }
        let expression: Expression
        do {
            expression = try Expression(parsing: text, directory: makeDirectory())
        } catch {
            throw EngineError("\(fault(at: setting.place, "the expression cannot be used\n\(error.rendered(text))"))")
        }
        let isFirewalls = Program(expression.tree, directory: Directory()).demands.contains(.firewallLog)
        if isFirewalls, document.ipl.firewall.value {
            throw EngineError(
                """
                \(fault(at: setting.place, """
                    an expression that reads rule or verdict chooses among the packets of the firewall's log, and \
                    ipl.firewall records all of them: set ipl.firewall to false, or leave rule and verdict away
                    """))
                """)
        }
        let counter = iplPackets?.expression.text == text ? iplPackets?.counter : nil
        iplPackets = PacketLogging(expression: expression, counter: counter ?? TapCounter())
    }

    /// What each unit is doing.
    var iplStates: [IPLogState] {
        guard let feed = iplFeed else { return [] }
        if let iplDevice { return iplDevice.states.map(IPLogState.init) }
        return feed.queues.map { IPLogState(RecordDevice.UnitState($0, path: "")) }
    }

    func iplConditions() -> [Condition.Key: Condition] {
        var found: [Condition.Key: Condition] = [:]
        for state in iplStates {
            if let failure = state.failure {
                found["ipl \(state.name)"] = Condition(.ipl, about: state.name, "\(state.name): \(failure)")
            }
            // Where nobody ever read, a full buffer is no loss to anybody.
            guard state.read > 0 || state.reader != nil else { continue }
            found["drops ipl \(state.name)"] = Condition(
                .ipl, about: state.name, "records of \(state.name) are dropped, for its reader does not keep up",
                remedy: "Give ipl.buffer more memory, or record fewer packets.",
                losses: .init(total: state.dropped, unit: "records"))
        }
        return found
    }
}

extension IPLogState {
    init(_ state: RecordDevice.UnitState) {
        self.init(name: state.unit.socketName, path: state.path)
        written = state.counts.written
        read = state.counts.read
        merged = state.counts.merged
        dropped = state.counts.dropped
        flushed = state.counts.flushed
        waiting = state.used
        limit = state.limit
        reader = state.reader
        failure = state.failure
    }
}
