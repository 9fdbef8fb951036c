public import ControlMessages
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// What a command asks a running daemon: `EngineControl` from the other side of the socket. Each call is a connection
/// of its own. Errors are `DaemonError`, and what a closure of the caller throws.
public struct DaemonClient: Sendable {
    /// The path of the daemon's socket.
    public let socket: String
    /// The token, or the session, by which the daemon shall know who asks; nil leaves that to the kernel.
    public let token: String?

    public init(socket: String, token: String? = nil) {
        self.socket = socket
        self.token = token
    }

    public func status() async throws -> EngineStatus { try await get("/v1/status") }

    /// The status again and again, every `interval` seconds, until `take` throws or the task is cancelled.
    public func watchStatus(interval: Double, _ take: (EngineStatus) throws -> Void) async throws {
        try await follow("/v1/status/live?interval=\(interval)") { _, data in
            try take(try JSONDecoder().decode(EngineStatus.self, from: data))
        }
    }

    // Packet logging

    public func packetLog() async throws -> PacketLogState { try await get("/v1/packet-log") }

    /// Nil ends packet logging.
    public func setPacketLog(_ expression: String?) async throws -> PacketLogState {
        guard let expression else { return try await answer(.DELETE, "/v1/packet-log") }
        return try await answer(.PUT, "/v1/packet-log", ExpressionText(expression))
    }

    public func explain(_ expression: String) async throws -> ExpressionReport {
        try await answer(.POST, "/v1/explain", ExpressionText(expression))
    }

    // Packet dumps

    public func dumps() async throws -> [DumpState] { try await list("/v1/dumps") }

    public func dump(_ name: String) async throws -> DumpState { try await get("/v1/dumps/\(segment(name))") }

    public func startDump(_ request: DumpRequest) async throws -> DumpState {
        try await answer(.POST, "/v1/dumps", request)
    }

    public func stopDump(_ name: String) async throws -> DumpState {
        try await answer(.POST, "/v1/dumps/\(segment(name))/stop")
    }

    public func removeDump(_ name: String) async throws { try await done(.DELETE, "/v1/dumps/\(segment(name))") }

    /// The dump as pcapng, piece by piece; `take` also gets how many bytes there are in all. `file` chooses one of a
    /// ring's files, 1 is the oldest.
    public func downloadDump(
        _ name: String, file: Int? = nil, _ take: (_ bytes: RawSpan, _ length: Int?) throws -> Void
    ) async throws {
        let query = file.map { "?file=\($0)" } ?? ""
        try await exchange(.GET, "/v1/dumps/\(segment(name))/file\(query)").run { answer in
            let length = answer.length
            while let bytes = try await answer.next() { try take(bytes.readableBytesSpan, length) }
        }
    }

    // Logs

    public func logs() async throws -> [LogState] { try await list("/v1/logs") }

    public func logPage(_ name: String, _ query: LogQuery) async throws -> LogPage {
        try await get("/v1/logs/\(segment(name))?\(text(of: query))")
    }

    /// New lines as they are written, until `take` throws or the task is cancelled.
    public func followLog(_ name: String, _ query: LogQuery, _ take: (LogPage) throws -> Void) async throws {
        try await follow("/v1/logs/\(segment(name))/live?\(text(of: query))") { _, data in
            try take(try JSONDecoder().decode(LogPage.self, from: data))
        }
    }

    public func clearLog(_ name: String) async throws { try await done(.DELETE, "/v1/logs/\(segment(name))") }

    // Alerts

    public func alerts() async throws -> [AlertState] { try await list("/v1/alerts") }

    public func testAlert(_ name: String) async throws -> AlertState {
        try await answer(.POST, "/v1/alerts/\(segment(name))/test")
    }

    // Surroundings

    public func interfaces() async throws -> [InterfaceState] { try await list("/v1/interfaces") }

    public func lists() async throws -> [AddressListState] { try await list("/v1/lists") }

    public func list(named name: String) async throws -> AddressListState {
        try await get("/v1/lists/\(segment(name))")
    }

    // Syslog

    public func syslog() async throws -> [SyslogState] { try await list("/v1/syslog") }

    /// Returns once the receiver has the message.
    public func testSyslog(_ name: String) async throws -> SyslogState {
        try await answer(.POST, "/v1/syslog/\(segment(name))/test")
    }

    // Users

    /// A page of those who are logged in; the next one begins where `LoginPage.next` says.
    public func logins(_ query: LoginQuery) async throws -> LoginPage {
        let text = query.items.map { "\($0.name)=\(PercentText.encode($0.value))" }.joined(separator: "&")
        return try await get("/v1/users/logins" + (text.isEmpty ? "" : "?\(text)"))
    }

    public func logIn(_ request: UserLoginRequest) async throws -> LoginState {
        try await answer(.POST, "/v1/users/login", request)
    }

    /// Returns who was there.
    public func logOut(_ request: UserLogoutRequest) async throws -> LoginState {
        try await answer(.POST, "/v1/users/logout", request)
    }

    public func userGroups() async throws -> [UserGroupState] { try await list("/v1/groups") }

    public func userGroup(named name: String) async throws -> UserGroupState {
        try await get("/v1/groups/\(segment(name))")
    }

    // Settings

    public func settings() async throws -> [SettingState] { try await list("/v1/settings") }

    /// `value` is YAML; nil removes the change. Returns the settings as they are then.
    public func setSetting(_ key: String, to value: String?) async throws -> [SettingState] {
        let path = "/v1/settings/\(segment(key))"
        let settings: Listing<SettingState> =
            if let value {
                try await answer(.PUT, path, SettingValue(value))
            } else {
                try await answer(.DELETE, path)
            }
        return settings.items
    }

    /// Reads the settings again, as SIGHUP does.
    public func reload() async throws { try await done(.POST, "/v1/reload") }
}

extension DaemonClient {
    func segment(_ name: String) -> String { PercentText.encode(name) }

    func text(of query: LogQuery) -> String {
        query.items.map { "\($0.name)=\(PercentText.encode($0.value))" }.joined(separator: "&")
    }

    func exchange(_ method: HTTPMethod, _ uri: String, body: [UInt8]? = nil) -> Exchange {
        Exchange(socket: socket, method: method, uri: uri, body: body, token: token)
    }

    func get<Message: Decodable & Sendable>(_ uri: String) async throws -> Message {
        try await answer(.GET, uri)
    }

    func list<Item: Codable & Sendable>(_ uri: String) async throws -> [Item] {
        let listing: Listing<Item> = try await get(uri)
        return listing.items
    }

    func answer<Message: Decodable & Sendable>(_ method: HTTPMethod, _ uri: String) async throws -> Message {
        try await exchange(method, uri).run { answer in
            try JSONDecoder().decode(Message.self, from: Data(try await answer.whole()))
        }
    }

    func answer<Message: Decodable & Sendable>(
        _ method: HTTPMethod, _ uri: String, _ body: some Encodable
    ) async throws -> Message {
        let bytes = [UInt8](try JSONEncoder().encode(body))
        return try await exchange(method, uri, body: bytes).run { answer in
            try JSONDecoder().decode(Message.self, from: Data(try await answer.whole()))
        }
    }

    func done(_ method: HTTPMethod, _ uri: String) async throws {
        _ = try await exchange(method, uri).run { answer in try await answer.whole() }
    }

    func done(_ method: HTTPMethod, _ uri: String, _ body: some Encodable) async throws {
        let bytes = [UInt8](try JSONEncoder().encode(body))
        _ = try await exchange(method, uri, body: bytes).run { answer in try await answer.whole() }
    }

    /// Gives the data of each event to `take`. The daemon ends a stream only when it stops itself.
    func follow(_ uri: String, _ take: (_ id: String?, _ data: Data) throws -> Void) async throws {
        try await exchange(.GET, uri).run { answer in
            var reader = EventReader()
            while let bytes = try await answer.next() {
                for event in try reader.take(bytes.readableBytesView) { try take(event.id, Data(event.data)) }
            }
        }
        throw DaemonError.broken(socket: socket, reason: "the daemon stopped")
    }
}
