/// Everything that the command line and the page can ask of a running engine. The engine carries it out; the API
/// only translates it to HTTP, so that it is tested with an engine that a test made up.
///
/// Every call is checked before anything changes: what throws `ControlError` has changed nothing.
public protocol EngineControl: AccountControl, SettingsHistoryControl, Sendable {
    func status() async -> EngineStatus
    /// What monitoring systems are told, in a fixed order.
    func metrics() async -> [MetricFamily]

    // Packet logging
    func packetLog() async -> PacketLogState
    /// Nil ends packet logging.
    func setPacketLog(_ expression: String?, by actor: ControlActor) async throws(ControlError) -> PacketLogState
    /// What an expression means here, with all that is wrong with it and the warnings.
    func explain(_ expression: String) async throws(ControlError) -> ExpressionReport

    // Packet dumps
    func dumps() async -> [DumpState]
    func startDump(_ request: DumpRequest, by actor: ControlActor) async throws(ControlError) -> DumpState
    func stopDump(_ name: String, by actor: ControlActor) async throws(ControlError) -> DumpState
    func removeDump(_ name: String, by actor: ControlActor) async throws(ControlError)
    /// Paths of the files that a dump consists of, the oldest first, for who fetches them; each is whole.
    func dumpFiles(_ name: String, by actor: ControlActor) async throws(ControlError) -> [String]

    // Logs
    func logs() async -> [LogState]
    func clearLog(_ name: String, by actor: ControlActor) async throws(ControlError)
    /// A page of a log's lines that a query selects, the oldest first.
    func logPage(_ name: String, _ query: LogQuery) async throws(ControlError) -> LogPage
    /// New lines of a log as they are written, from the last `query.limit` lines on; ends when the task is cancelled.
    /// A follower that does not keep up misses lines, and is told how many.
    func followLog(_ name: String, _ query: LogQuery) async throws(ControlError) -> AsyncStream<LogPage>

    // Alerts
    func alerts() async -> [AlertState]
    /// Sends a message that tries whether an alert arrives, and waits for the outcome.
    func testAlert(_ name: String, by actor: ControlActor) async throws(ControlError) -> AlertState

    // Surroundings
    func interfaces() async -> [InterfaceState]
    func lists() async -> [AddressListState]
    func list(_ name: String) async throws(ControlError) -> AddressListState

    // Syslog receivers
    func syslog() async -> [SyslogState]
    /// Sends a test message; returns once the receiver has it.
    func testSyslog(_ name: String, by actor: ControlActor) async throws(ControlError) -> SyslogState

    // Users
    func logins(_ query: LoginQuery) async throws(ControlError) -> LoginPage
    /// Whoever was at the address is not any more; the answer says who it was.
    func logIn(_ request: UserLoginRequest, by actor: ControlActor) async throws(ControlError) -> LoginState
    /// Returns who was there.
    func logOut(_ request: UserLogoutRequest, by actor: ControlActor) async throws(ControlError) -> LoginState
    func userGroups() async -> [UserGroupState]
    func userGroup(_ name: String) async throws(ControlError) -> UserGroupState

    // Settings: the administrator's file, and over it what was changed from here
    func settings() async -> [SettingState]
    /// `value` is YAML, as it would stand behind the key in the file; nil removes the change.
    func setSetting(
        _ key: String, to value: String?, by actor: ControlActor
    ) async throws(ControlError) -> [SettingState]
    /// Reads the settings again, as SIGHUP does.
    func reload(by actor: ControlActor) async throws(ControlError)
}
