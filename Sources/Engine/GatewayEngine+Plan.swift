import Directories
import Expressions
import LiveCapture
import PacketDecoding
import PacketDumps
import PacketStages
import Primitives
import Records
import Settings
import SystemCalls

extension GatewayEngine {
    /// What expressions may name just now.
    func makeDirectory() -> Directory {
        var directory = Directory(document, lists: addressLists, live: namedInterfaces)
        (directory.users, directory.groups) = logins.directory
        directory.usersMayMove = true
        // Inside tunnels users stand as the addresses of the settings.
        for user in document.users where !user.addresses.isEmpty {
            guard let number = logins.number(of: user.name.value) else { continue }
            directory.users?[Int(number) - 1].addresses = user.addresses.map(\.value)
        }
        return directory
    }

    /// The machine's interfaces under the names of the settings.
    var namedInterfaces: [NamedInterface] {
        let naming = InterfaceNaming(document)
        return networkInterfaces.map { naming.named(KernelInterface($0)) }
    }

    /// The plan that settings, machine and orders make together. Throws what is wrong, at its place in the settings.
    func makePlan() throws(EngineError) -> Plan {
        var next = Plan()
        next.number = plan.number + 1
        next.directory = makeDirectory()
        next.interfaces = interfacesByID
        next.captured = try capturedIndexes(next.directory)
        next.lines = try makeLines()
        next.geography = GeographyFiles(
            country: document.databases.country.map { document.resolved($0.value) },
            networks: document.databases.asn.map { document.resolved($0.value) })
        next.hosts = makeHostPlan(next)
        next.tellsDrops = document.logs.messages.value.contains(.drops)
        next.writesFilterLog = document.firewallLog.filterLog.value
        if let packetLog, let tree = packetLog.expression.tree {
            next.taps.append(
                TapPlan(
                    name: "packet logging", purpose: .packetLog, text: packetLog.expression.text, tree: tree,
                    counter: packetLog.counter))
        }
        if let iplTap { next.taps.append(iplTap) }
        next.recordsFirewall = iplFeed != nil && document.ipl.firewall.value
        next.taps += dumpTaps.values.map(\.tap).sorted { $0.name < $1.name }
        return next
    }

    /// The kernel's filter for a plan: what its taps want, and what its tables have to see beside.
    func makeFilter(_ plan: Plan) -> KernelFilter {
        let taps = plan.taps(of: .interfaces)
        var demands = taps.map { Demand(name: $0.name, text: $0.text, tree: $0.tree) }
        let readsHosts = taps.contains { tap in
            Program(tap.tree, directory: plan.directory).demands.contains(.hosts)
        }
        let showsHosts = plan.lines.template.needs.contains(.hosts) && taps.contains { $0.purpose == .packetLog }
        if readsHosts || showsHosts || plan.hosts.shares, let answers = Self.nameAnswers {
            demands.append(Demand(name: "names", text: answers.text, tree: answers.tree))
        }
        return KernelFilter(
            demands, directory: plan.directory, snapLength: UInt32(document.capture.snapLength.value))
    }

    /// What teaches names: answers of name servers.
    private static let nameAnswers: (text: String, tree: Tree)? = {
        let text = "sport = 53"
        return (try? Expression(parsing: text))?.tree.map { (text, $0) }
    }()

    /// Makes a plan and hands it to all workers. Where it cannot be made, the present one goes on.
    func replan() throws(EngineError) {
        let next = try makePlan()
        plan = next
        filter = makeFilter(next)
        interfaceNames.set(next.interfaces)
        for source in sources { try give(next, to: source.orders) }
    }

    /// Waits until every worker follows the plan, so that who asked for it finds what comes from now on; a second at
    /// most.
    func settle() async {
        let wanted = plan.number
        for _ in 0..<500 {
            let late = sources.contains { source in
                let report = source.orders.report
                return report.state == .running && report.plan < wanted
            }
            guard late else { return }
            try? await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Compiles a plan for a worker. Each gets its own: a program has one owner.
    func workerPlan(_ plan: Plan, feed: FeedKind) throws(EngineError) -> WorkerPlan {
        do {
            return try WorkerPlan(plan, feed: feed, filter: feed == .interfaces ? filter : nil, users: logins.known) {
                id in
                dumpStore.producer(for: id, waits: options.replay != nil)
            }
        } catch {
            throw EngineError("\(error)")
        }
    }

    private func give(_ plan: Plan, to orders: WorkerOrders) throws(EngineError) {
        orders.give(try workerPlan(plan, feed: orders.feed))
    }

    /// Display names by identifier: on a live machine that is the kernel's index.
    private var interfacesByID: [InterfaceID: Directory.Interface] {
        var found: [InterfaceID: Directory.Interface] = [:]
        for named in namedInterfaces where named.index < UInt32(InterfaceID.none.rawValue) {
            found[InterfaceID(rawValue: UInt16(named.index))] = named.interface
        }
        return found
    }

    /// Kernel indexes to capture on; nil is all. One that is not there yet is waited for.
    private func capturedIndexes(_ directory: Directory) throws(EngineError) -> Set<UInt32>? {
        var wanted = options.interfaces
        if wanted.isEmpty {
            guard case .only(let names) = document.capture.interfaces.value else { return nil }
            wanted = names.map(\.value)
        }
        var indexes: Set<UInt32> = []
        for name in wanted {
            let device = directory.interfaces?.first { $0.displayName == name }?.kernelName ?? name
            if let interface = networkInterfaces.first(where: { $0.name == device }) { indexes.insert(interface.index) }
        }
        return indexes
    }

    private func makeLines() throws(EngineError) -> LinePlan {
        let logs = document.logs
        var template: PacketTemplate?
        if let text = logs.template.value {
            do {
                template = try PacketTemplate(parsing: text)
            } catch {
                throw EngineError("\(fault(at: logs.template.place, "\(error)"))")
            }
        }
        var lines = LinePlan(
            template: template, dialect: LogDialect(logs.dialect.value), milliseconds: logs.milliseconds.value,
            zone: logs.utc.value ? .utc : .local)
        lines.rate = document.packetLog.rate.value ?? 0
        lines.burst = document.packetLog.burst.value
        return lines
    }

    /// A fault that showed only now, at its place in the settings.
    func fault(at place: SettingsPlace?, _ message: String) -> SettingsError {
        document.error(at: place ?? SettingsPlace(line: 1, column: 1), message)
    }
}

extension KernelInterface {
    init(_ interface: NetworkInterface) {
        let kind: Directory.Interface.Kind =
            switch interface.kind {
            case .ethernet, .bridge: .ethernet
            case .vpnTunnel: .vpnTunnel
            case .vpnClient: .vpnClient
            case .loopback, .other: .other
            }
        self.init(index: interface.index, name: interface.name, kind: kind)
    }
}

extension LogDialect {
    init(_ dialect: LogsSettings.Dialect) {
        self = dialect == .winroute ? .winroute : .control
    }
}
