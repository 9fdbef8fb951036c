public import ControlMessages
import Foundation

/// An engine that captures nothing: it keeps what it is told, so that the API and the commands have somebody to talk to.
public actor MadeUpEngine: EngineControl {
    /// What it was told to change, in words.
    public private(set) var calls: [String] = []
    /// Which pages of logs it was asked for.
    public private(set) var questions: [String] = []
    public private(set) var actors: [ControlActor] = []
    public var expression: String?
    public var dumpStates: [DumpState] = []
    public var dumpPaths: [String] = []
    public var logLines: [String: [String]] = ["debug": ["one", "two", "three"], "filter": []]
    public var settingStates = [SettingState(key: "logs.debug.keep", value: "8", origin: "default")]
    public var baseStatus = EngineStatus(
        version: "0.1.0", gateway: "gw", startedAt: "2026-11-21T10:00:00Z", processID: 4711, residentBytes: 93_000_000)
    public var metricFamilies: [MetricFamily] = []
    public var alertStates: [AlertState] = []
    public var interfaceStates: [InterfaceState] = []
    public var listStates: [AddressListState] = []
    public var accountStates: [AccountState] = []
    public var tokenStates: [TokenState] = []
    public var sessionStates: [SessionState] = []
    public var loginStates: [LoginState] = []
    public var userGroupStates: [UserGroupState] = []
    /// What the next call of these takes, to see what the server does with one that does not answer.
    public var delay = Duration.zero
    private var followers: [AsyncStream<LogPage>.Continuation] = []
    /// Followers that went away.
    public private(set) var endedFollowers = 0

    public init() {}

    /// Changes what it answers.
    public func change(_ body: @Sendable (isolated MadeUpEngine) -> Void) { body(self) }

    /// Gives a page to every follower; each has room for `room` of them.
    public func publish(_ page: LogPage) {
        for follower in followers { follower.yield(page) }
    }

    public var followerCount: Int { followers.count - endedFollowers }

    func note(_ call: String, by actor: ControlActor? = nil) {
        calls.append(call)
        if let actor { actors.append(actor) }
    }

    public func status() async -> EngineStatus {
        if delay > .zero { try? await Task.sleep(for: delay) }
        var status = baseStatus
        status.dumps = dumpStates
        return status
    }

    public func alerts() async -> [AlertState] { alertStates }

    public func testAlert(_ name: String, by actor: ControlActor) async throws(ControlError) -> AlertState {
        note("test alert \(name)", by: actor)
        guard let index = alertStates.firstIndex(where: { $0.name == name }) else {
            throw ControlError(.notFound, "there is no alert \"\(name)\"")
        }
        alertStates[index].delivered += 1
        return alertStates[index]
    }

    public func metrics() async -> [MetricFamily] { metricFamilies }

    public func packetLog() async -> PacketLogState { state }

    private var state: PacketLogState {
        var state = PacketLogState(expression: expression)
        state.meaning = expression.map { "Packets of \($0)." }
        return state
    }

    public func setPacketLog(
        _ expression: String?, by actor: ControlActor
    ) async throws(ControlError) -> PacketLogState {
        note("packet-log \(expression ?? "off")", by: actor)
        if let expression { try check(expression) }
        self.expression = expression
        return state
    }

    private func check(_ expression: String) throws(ControlError) {
        guard expression.contains("=") || expression == "any" else {
            throw ControlError(.invalid, "1:1: this is no expression\n  \(expression)\n  ^")
        }
    }

    public func explain(_ expression: String) async throws(ControlError) -> ExpressionReport {
        try check(expression)
        return ExpressionReport(canonical: expression, meaning: "Packets of \(expression).")
    }

    public func dumps() async -> [DumpState] { dumpStates }

    public func startDump(_ request: DumpRequest, by actor: ControlActor) async throws(ControlError) -> DumpState {
        note("start \(request.name)", by: actor)
        try check(request.expression)
        if dumpStates.contains(where: { $0.name == request.name }), !request.replaces {
            throw ControlError(.conflict, "there is a dump \"\(request.name)\" already: remove it, or replace it")
        }
        let state = DumpState(
            name: request.name, expression: request.expression, phase: .running, startedBy: actor.name,
            startedAt: "2026-11-21T10:00:00Z")
        dumpStates.removeAll { $0.name == request.name }
        dumpStates.append(state)
        return state
    }

    private func index(_ name: String) throws(ControlError) -> Int {
        guard let index = dumpStates.firstIndex(where: { $0.name == name }) else {
            throw ControlError(.notFound, "there is no dump \"\(name)\"")
        }
        return index
    }

    public func stopDump(_ name: String, by actor: ControlActor) async throws(ControlError) -> DumpState {
        note("stop \(name)", by: actor)
        let index = try index(name)
        dumpStates[index].phase = .finished
        dumpStates[index].reason = "stopped by \(actor.name)"
        return dumpStates[index]
    }

    public func removeDump(_ name: String, by actor: ControlActor) async throws(ControlError) {
        note("remove \(name)", by: actor)
        dumpStates.remove(at: try index(name))
    }

    public func dumpFiles(_ name: String, by actor: ControlActor) async throws(ControlError) -> [String] {
        note("download \(name)", by: actor)
        _ = try index(name)
        return dumpPaths
    }

    public func logs() async -> [LogState] {
        logLines.keys.sorted().map { LogState(name: $0, path: "/var/log/gatelog/\($0).log") }
    }

    private func lines(_ name: String) throws(ControlError) -> [String] {
        guard let lines = logLines[name] else { throw ControlError(.notFound, "there is no log \"\(name)\"") }
        return lines
    }

    public func clearLog(_ name: String, by actor: ControlActor) async throws(ControlError) {
        note("clear \(name)", by: actor)
        _ = try lines(name)
        logLines[name] = []
    }

    public func logPage(_ name: String, _ query: LogQuery) async throws(ControlError) -> LogPage {
        questions.append(query.items.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
        let lines = try lines(name).filter { line in query.grep.map { line.contains($0) } ?? true }
        let end = query.before.flatMap { Int($0) } ?? lines.count
        let range =
            if let place = query.after.flatMap({ Int($0) }) ?? (query.fromBeginning ? 0 : nil) {
                min(place, end)..<min(place + query.limit, end)
            } else {
                max(end - query.limit, 0)..<end
            }
        let isForward = query.after != nil || query.fromBeginning
        var page = LogPage(
            lines: Array(lines[range]), more: isForward ? range.upperBound < end : range.lowerBound > 0)
        if query.json { page.records = page.lines.map { $0 == "two" ? "" : #"{"kind":"packet","text":"\#($0)"}"# } }
        page.first = "\(range.lowerBound)"
        page.next = "\(range.upperBound)"
        return page
    }

    public func followLog(_ name: String, _ query: LogQuery) async throws(ControlError) -> AsyncStream<LogPage> {
        var query = query
        let place = query.after
        query.after = nil
        let first = try await logPage(name, query)
        note("follow \(name) after \(place ?? "-")")
        let (stream, follower) = AsyncStream.makeStream(of: LogPage.self, bufferingPolicy: .bufferingNewest(16))
        follower.onTermination = { _ in Task { await self.ended() } }
        follower.yield(first)
        followers.append(follower)
        return stream
    }

    private func ended() { endedFollowers += 1 }

    public func interfaces() async -> [InterfaceState] { interfaceStates }

    public func lists() async -> [AddressListState] { listStates }

    public func list(_ name: String) async throws(ControlError) -> AddressListState {
        guard let list = listStates.first(where: { $0.name == name }) else {
            throw ControlError(.notFound, "there is no address list \"\(name)\"")
        }
        return list
    }

    public func syslog() async -> [SyslogState] { baseStatus.syslog }

    public func testSyslog(_ name: String, by actor: ControlActor) async throws(ControlError) -> SyslogState {
        note("test syslog \(name)", by: actor)
        guard let state = baseStatus.syslog.first(where: { $0.name == name }) else {
            throw ControlError(.notFound, "there is no syslog receiver \"\(name)\"")
        }
        return state
    }

    public func logins(_ query: LoginQuery) async throws(ControlError) -> LoginPage {
        questions.append("logins \(query.items.map { "\($0.name)=\($0.value)" }.joined(separator: "&"))")
        return LoginPage(loginStates, next: nil)
    }

    public func logIn(_ request: UserLoginRequest, by actor: ControlActor) async throws(ControlError) -> LoginState {
        note("login \(request.user) at \(request.address)", by: actor)
        guard request.address != "wrong" else { throw ControlError(.invalid, "\"wrong\" is no address") }
        let time = "2026-11-21T10:00:00Z"
        var state = LoginState(
            user: request.user, address: request.address, origin: "command", by: actor.name, since: time, heard: time)
        state.replaced = loginStates.first { $0.address == request.address }?.user
        loginStates.removeAll { $0.address == request.address }
        loginStates.append(state)
        return state
    }

    public func logOut(_ request: UserLogoutRequest, by actor: ControlActor) async throws(ControlError) -> LoginState {
        note("logout \(request.address)", by: actor)
        guard let state = loginStates.first(where: { $0.address == request.address }) else {
            throw ControlError(.notFound, "nobody is logged in at \(request.address)")
        }
        loginStates.removeAll { $0.address == request.address }
        return state
    }

    public func userGroups() async -> [UserGroupState] { userGroupStates }

    public func userGroup(_ name: String) async throws(ControlError) -> UserGroupState {
        guard let group = userGroupStates.first(where: { $0.name == name }) else {
            throw ControlError(.notFound, "there is no group \"\(name)\"")
        }
        return group
    }

    public func settings() async -> [SettingState] { settingStates }

    public func setSetting(
        _ key: String, to value: String?, by actor: ControlActor
    ) async throws(ControlError) -> [SettingState] {
        note("set \(key) \(value ?? "-")", by: actor)
        guard let index = settingStates.firstIndex(where: { $0.key == key }) else {
            throw ControlError(.invalid, "there is no setting \"\(key)\"")
        }
        settingStates[index].value = value ?? "8"
        settingStates[index].origin = value == nil ? "default" : "changed by \(actor.name)"
        return settingStates
    }

    public func reload(by actor: ControlActor) async throws(ControlError) { note("reload", by: actor) }
}
