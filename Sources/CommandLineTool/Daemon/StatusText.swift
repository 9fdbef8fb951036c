import ControlMessages

/// The status as a page for people: problems first, then where packets come from, who wants them, where they go.
struct StatusText {
    /// A status and when it was taken, to make rates of two.
    struct Moment {
        var status: EngineStatus
        /// Of the monotonic clock.
        var nanoseconds: Int64
    }

    let status: EngineStatus
    private let times: DaemonTimes
    private let before: Moment?
    private let monotonic: Int64
    private let paint: (String, Console.Color) -> String

    init(
        _ status: EngineStatus, times: DaemonTimes, before: Moment? = nil, monotonic: Int64 = 0,
        paint: @escaping (String, Console.Color) -> String = { text, _ in text }
    ) {
        self.status = status
        self.times = times
        self.before = before
        self.monotonic = monotonic
        self.paint = paint
    }

    /// The page, ended by a line end.
    var text: String {
        [head, problems, sources, demands, users, logs, dumps, ipl, syslog, radius].filter { !$0.isEmpty }.joined(
            separator: "\n")
    }

    private var head: String {
        var text = "Gatelog \(status.version.escaped) on \(status.gateway.escaped)"
        if let running = times.since(status.startedAt) { text += ", running for \(running)" }
        let memory = HumanNumbers.bytes(status.residentBytes)
        return text + " (since \(times.local(status.startedAt)), pid \(status.processID), \(memory) of memory)\n"
    }

    private var problems: String {
        guard !status.problems.isEmpty else { return "" }
        let lines = status.problems.map { problem in
            "  \(paint("!", .red)) \(problem.split(separator: "\n").map { String($0).escaped }.joined(separator: "\n    "))\n"
        }
        return paint("Problems", .red) + "\n" + lines.joined()
    }

    private var sources: String {
        guard !status.sources.isEmpty else { return "Nothing is captured.\n" }
        var columns: [(head: String, alignment: TextTable.Alignment)] = [
            ("Source", .left), ("State", .left), ("Packets", .right), ("Bytes", .right), ("Lost", .right),
            ("Malformed", .right), ("Buffer", .right),
        ]
        if before != nil { columns.insert(("Packets/s", .right), at: 3) }
        var table = TextTable(columns)
        for source in status.sources {
            var cells = [
                source.name.escaped, source.state.escaped, Self.count(source.packets), Self.bytes(source.bytes),
                warned(source.dropped), Self.count(source.malformed),
                source.fill == 0 ? "empty" : "\(HumanNumbers.share(Int(source.fill), of: 1000)) full",
            ]
            if before != nil { cells.insert(rate(source), at: 3) }
            table.add(cells)
        }
        return table.text
    }

    private func rate(_ source: SourceState) -> String {
        guard let before, let old = before.status.sources.first(where: { $0.name == source.name }),
            source.packets >= old.packets, monotonic > before.nanoseconds
        else { return "" }
        let seconds = Double(monotonic - before.nanoseconds) / 1e9
        return HumanNumbers.grouped(Int((Double(source.packets - old.packets) / seconds).rounded()))
    }

    private var users: String {
        guard let users = status.users, users.known > 0 else { return "" }
        let known = HumanNumbers.grouped(users.known)
        var text = "Users are logged in at \(HumanNumbers.grouped(users.loggedIn)) addresses, \(known) are known"
        if users.refused > 0 { text += "; \(paint("\(Self.count(users.refused)) log-ins found no room", .red))" }
        if users.malformed > 0 { text += "; \(Self.count(users.malformed)) had no usable name or address" }
        return text + ".\n"
    }

    private var demands: String {
        guard !status.demands.isEmpty else {
            return "Nobody asks for packets: the kernel hands over none. Begin with `gatelog packet-log EXPRESSION`.\n"
        }
        var table = TextTable([
            ("Wanted by", .left), ("Expression", .left), ("Matches", .right), ("Kernel's filter", .left),
        ])
        for demand in status.demands {
            table.add([
                demand.name.escaped, Self.short(demand.expression), Self.count(demand.matches), Self.filter(demand),
            ])
        }
        return table.text
    }

    private static func filter(_ demand: DemandState) -> String {
        let undecided = demand.undecided.map(\.escaped).joined(separator: ", ")
        switch (demand.opensFilter, undecided.isEmpty) {
        case (true, true): return "opens it"
        case (true, false): return "opens it: \(undecided)"
        case (false, true): return "decides"
        case (false, false): return "narrows; left to us: \(undecided)"
        }
    }

    private var logs: String {
        guard !status.logs.isEmpty else { return "" }
        var table = TextTable([
            ("Log", .left), ("Lines", .right), ("Size", .right), ("Old files", .right), ("Suppressed", .right),
            ("Lost", .right), ("", .left),
        ])
        for log in status.logs {
            table.add([
                log.name.escaped, Self.count(log.lines), Self.bytes(log.bytes), "\(log.segments)",
                Self.count(log.suppressed), warned(log.lost),
                log.suspended.map { paint("suspended: \($0.escaped)", .red) } ?? "",
            ])
        }
        return table.text
    }

    private var dumps: String {
        status.dumps.isEmpty ? "" : DumpTable(status.dumps, times: times, paint: paint).text
    }

    private var ipl: String {
        guard !status.ipl.isEmpty else { return "" }
        var table = TextTable([
            ("ipl log", .left), ("Written", .right), ("Read", .right), ("Merged", .right), ("Dropped", .right),
            ("Flushed", .right), ("Waiting", .right), ("Reader", .left),
        ])
        for unit in status.ipl {
            let waiting = "\(HumanNumbers.bytes(unit.waiting)) of \(HumanNumbers.bytes(unit.limit))"
            let reader = unit.failure.map { paint($0.escaped, .red) } ?? unit.reader?.escaped ?? "none"
            table.add([
                unit.path.isEmpty ? unit.name.escaped : unit.path.escaped, Self.count(unit.written),
                Self.count(unit.read), Self.count(unit.merged), warned(unit.dropped), Self.count(unit.flushed),
                waiting, reader,
            ])
        }
        return table.text
    }

    private var syslog: String {
        status.syslog.isEmpty ? "" : SyslogTable(status.syslog, times: times, paint: paint).text
    }

    func warned(_ lost: UInt64) -> String {
        lost == 0 ? "0" : paint(Self.count(lost), .red)
    }

    static func count(_ number: UInt64) -> String { HumanNumbers.grouped(Int(clamping: number)) }

    static func bytes(_ number: UInt64) -> String { HumanNumbers.bytes(Int(clamping: number)) }

    /// An expression on one line of a table; its whole is shown by its own command.
    static func short(_ expression: String) -> String {
        let text = expression.escaped
        return text.count <= 48 ? text : text.prefix(47) + "…"
    }
}
