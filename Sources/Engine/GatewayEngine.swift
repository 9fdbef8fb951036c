import Accounts
import Alerts
import Expressions
import HostResolution
import IPLogDevice
import LiveCapture
import LogFiles
import LogIndex
import PacketDecoding
import PacketDumps
import PacketStages
import Primitives
import RadiusAccounting
import Records
import Settings
import SettingsStore
import Synchronization
import SyslogForwarding
import SystemCalls

/// The engine of a gateway: opens the sources, makes plans of the settings and of what is asked of it, and hands them
/// to the workers. Everything here is the control plane; packets are the workers' business.
public actor GatewayEngine {
    let options: EngineOptions
    let home: HomeFolder
    let logs: LogSet
    let dumpStore: DumpStore
    let syslogService: SyslogService
    let interfaceNames: InterfaceNamesBoard
    /// Who is logged in where; asked and told from any thread.
    nonisolated let logins = LoginBoard()
    let settingsBoard: SettingsBoard
    var document: SettingsDocument
    /// The settings that the sources were opened with.
    let startDocument: SettingsDocument
    /// Address groups by name.
    var addressLists: [String: [AddressRange]]
    /// The machine's interfaces as netlink told them last.
    var networkInterfaces: [NetworkInterface] = []
    var plan = Plan()
    /// The kernel's filter of the plan, and what each demand does to it.
    var filter: KernelFilter
    var packetLog: PacketLogging?
    /// Counts of dumps that run, by their names.
    var dumpTaps: [String: DumpTap] = [:]
    var sources: [SourceThread] = []
    var connections: ConnectionThread?
    /// Where records of the ipl log go; nil without one.
    var iplFeed: IPLogFeed?
    /// By what they are handed out, once that is open.
    var iplDevice: RecordDevice?
    /// The expression whose packets are records.
    var iplPackets: PacketLogging?
    var watchers: [Thread] = []
    /// Names of hosts, for all who want some.
    nonisolated let resolver: HostResolver
    /// RADIUS accounting, where there are clients.
    var radius: AccountingServer?
    let isStopping = StopFlag()
    let access: Mutex<AccessGroups>
    /// Whose lines are written, for those who do not wait for the engine.
    let dialect: Mutex<LogDialect>
    let localUsers: AccountKeeper
    let authenticationNotes = AuthenticationNotes()
    let metricsListener = MetricsListener()
    let alertService = AlertService()
    /// Where the logs ended before this run, by their names.
    var logEnds: [String: LogPlace] = [:]
    /// Counts changes of the names that expressions may use.
    var namesVersion = 0
    /// Alerts run from the end of the start to the beginning of the end.
    var areAlertsOn = false
    /// Names that settings and expressions use and this machine does not have.
    var unknownNames: [Condition.Key: Condition] = [:]
    let queries = QueryThreads()
    var board = ConditionBoard()
    /// What stands although nobody looks: sources that could not be opened.
    var standing: [Condition.Key: Condition] = [:]
    /// Whether log-ins are written for the next run: not over a newer program's file.
    var keepsLogins = true
    var systemGroups: SystemGroupThread?
    let startedAt: Timestamp
    private let marker: RunMarker

    /// Packet logging that is on.
    struct PacketLogging {
        var expression: Expression
        var counter: TapCounter
    }

    /// A dump that runs, as the plan sees it.
    struct DumpTap {
        var id: DumpID
        var tap: TapPlan
        /// What the kernel had lost before.
        var lostBefore: UInt64
    }

    /// Reads the settings and opens the logs; nothing is captured before `start`. Throws what is wrong with the
    /// settings, all of it at once, or with the folders.
    public init(_ options: EngineOptions) throws(EngineError) {
        self.options = options
        home = options.home
        startedAt = Clocks.wall
        marker = RunMarker(path: home.marker)
        interfaceNames = InterfaceNamesBoard()
        do {
            for folder in home.parents { try Folders.makeAll(folder, permissions: 0o755) }
            for folder in home.folders { try Folders.makeAll(folder, permissions: 0o750) }
            let board = try SettingsBoard(home: home, file: options.settings)
            settingsBoard = board
            document = board.stored.document
            startDocument = document
            resolver = HostResolver(ResolverOptions(document.names))
            access = Mutex(AccessGroups(document.api))
            dialect = Mutex(LogDialect(document.logs.dialect.value))
            localUsers = AccountKeeper(path: home.accounts)
            metricsListener.want(document.metrics)
            addressLists = try board.addressLists(of: document)
            let reporter = LogReporter()
            logs = try LogSet(folder: home.logs, settings: document.logs) { reporter.report($0, $1) }
            reporter.begin(logs)
            let names = interfaceNames
            let events = logs
            dumpStore = try DumpStore(
                folder: home.dumps,
                DumpSurroundings(
                    application: "gatelog \(options.version)", operatingSystem: Machine.operatingSystem,
                    interface: { id, _ in names.dumpInterface(id) },
                    event: { DumpReporter.report($0, events) }))
            try dumpStore.recover()
            syslogService = try SyslogService(folder: home.syslog)
        } catch let error as SettingsErrors {
            throw EngineError("the settings cannot be used\n\(error)")
        } catch SettingsStoreError.faults(let errors) {
            throw EngineError("the settings cannot be used\n\(errors)")
        } catch {
            throw EngineError("\(error)")
        }
        filter = KernelFilter([], directory: Directory())
    }

    /// Says that the engine is there, opens the sources and begins to watch. Throws where nothing at all can be
    /// captured: what is missing and how to grant it.
    public func start() throws(EngineError) {
        openSyslog()
        noteLogEnds()
        noteStart()
        do {
            networkInterfaces = try NetworkInterface.all()
        } catch {
            standing["interfaces"] = "the interfaces of this machine cannot be read: \(error)"
        }
        settleUsers(document)
        restoreLogins()
        do {
            try takeUpSettings(document)
            let alerts = try alertRules(document)
            openIPLog()
            plan = try makePlan()
            filter = makeFilter(plan)
            try openSources()
            lookForUnknownNames()
            areAlertsOn = true
            takeUpAlerts(alerts)
        } catch {
            noteEnd()
            throw error
        }
        startRadius()
        startWatchers()
    }

    /// Stops everything in order: the sources, then what they fed. Says what was still to be written, and was.
    public func stop() async -> String {
        isStopping.set()
        areAlertsOn = false
        alertService.stop()
        for source in sources { source.stop() }
        connections?.stop()
        // A file's replay may be waiting for a disk that stays full.
        for (_, writer) in logs.all { writer.endWaiting() }
        for source in sources { source.join() }
        connections?.join()
        radius?.stop()
        resolver.stop()
        for watcher in watchers { watcher.join() }
        systemGroups?.stop()
        sources = []
        connections = nil
        closeIPLog()
        let dumped = await dumpStore.shutdown().count
        localUsers.keepUses(atEnd: true)
        noteEnd()
        let reports = logs.close()
        logs.budget.close()
        await syslogService.finish(patience: Self.syslogPatience)
        let lines = reports.reduce(0) { $0 + $1.report.lines }
        let bytes = reports.reduce(0) { $0 + $1.report.bytes }
        let lost = reports.reduce(0) { $0 + $1.report.lost }
        var text = "\(lines) lines (\(bytes) bytes) flushed to \(home.logs)"
        if dumped > 0 { text += ", \(dumped) running dump\(dumped == 1 ? "" : "s") finished" }
        if lost > 0 { text += ", \(lost) lines lost" }
        return text
    }

    /// Opens the log files again under their names: somebody may have moved them away.
    public func reopenLogs() {
        for (name, writer) in logs.all {
            do {
                try writer.reopen()
            } catch {
                logs.say(.error, .error, "The \(name) log could not be opened again: \(error)")
            }
        }
    }

    private func noteStart() {
        for (name, writer) in logs.all where !writer.recovery.isEmpty {
            logs.say(.warning, .warning, "The \(name) log was mended: \(writer.recovery.sentence)")
        }
        if let remains = marker.remains() {
            let begun = remains.startedAt.map { EventTimes.line($0, zone: plan.lines.zone) }
            say(.engine(.crashed(startedAt: begun, processID: remains.processID)))
        }
        say(.engine(.startup), at: startedAt)
        do {
            try marker.set(processID: Machine.processID, at: startedAt)
        } catch {
            standing["marker"] = "a crash of this run will not be noticed: \(error)"
        }
    }

    private func noteEnd() {
        say(.engine(.shutdown))
        marker.clear()
    }
}
