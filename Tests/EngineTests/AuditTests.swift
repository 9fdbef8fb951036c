import ControlMessages
import ControlTestSupport
import Foundation
import LogFiles
import Logging
import Settings
import SystemCalls
import TestSupport
import Testing

@testable import ControlAPI
@testable import Engine

/// A real engine that replays a capture without end, with its API on a socket.
private final class AuditedGateway: Sendable {
    let home: String
    let engine: GatewayEngine
    let server: ControlServer
    let routes: [Route]

    init() async throws {
        home = FileManager.default.temporaryDirectory.appendingPathComponent("gatelog-test-\(UUID())").path
        var options = EngineOptions(home: HomeFolder(home), version: "test")
        options.replay = .init(path: Fixtures.capture("tcp_rst_data.pcap"), speed: 1, loops: 0)
        engine = try GatewayEngine(options)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        server = try await ControlServer.start(
            engine: engine, socket: ControlSocket(path: "\(home)/run/api.sock"),
            access: BearerAccess(engine, else: PeerAccess()), logger: logger)
        routes = ControlRoutes(engine: engine, limits: ControlLimits(), slots: StreamSlots(limit: 8)).table.routes
        try await engine.start()
    }

    func stop() async {
        await server.stop()
        _ = await engine.stop()
        try? FileManager.default.removeItem(atPath: home)
    }

    /// The Config log as it stands in its file, and everything else that the daemon writes for people.
    func lines(_ log: LogName = .config) async throws -> [String] {
        try await engine.logs[log].flush()
        let text = try String(contentsOfFile: "\(home)/log/\(log.rawValue).log", encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }

    /// Asks on a thread that may wait: those of the concurrency are the server's.
    func request(_ method: String, _ path: String, _ body: String?, token: String? = nil) async throws -> (Int, String)
    {
        let home = home
        return await withCheckedContinuation { (continuation: CheckedContinuation<(Int, String), Never>) in
            do {
                _ = try SystemCalls.Thread(name: "curl") {
                    continuation.resume(returning: Self.curl(home, method, path, body, token))
                }
            } catch {
                continuation.resume(returning: (0, "\(error)"))
            }
        }
    }

    private static func curl(
        _ home: String, _ method: String, _ path: String, _ body: String?, _ token: String?
    ) -> (Int, String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        var arguments = [
            "-sS", "-m", "60", "--unix-socket", "\(home)/run/api.sock", "-X", method, "-w", "\n%{http_code}",
            "http://gatelog\(path)",
        ]
        if let body { arguments += ["-H", "Content-Type: application/json", "-d", body] }
        if let token { arguments += ["-H", "Authorization: Bearer \(token)"] }
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        guard (try? process.run()) != nil else { return (0, "curl cannot be run") }
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: "\n")
        return (parts.last.flatMap { Int($0) } ?? 0, parts.dropLast().joined(separator: "\n"))
    }
}

@Suite("What is told of whom: every change is a line of the Config log", .serialized)
struct AuditTests {
    /// What is sent to a route, and what its line has in it. The order matters: dumps are started before they end.
    struct Sample {
        var route: String
        var path: String
        var body: String?
        var line: String
        /// Shows the session that was begun, in place of the process.
        var asSession = false
    }

    static let password = "a secret password"
    static let otherPassword = "another secret one"

    static let samples: [Sample] = [
        Sample(
            route: "POST /v1/accounts", path: "/v1/accounts",
            body: #"{"name": "jane", "role": "operator", "password": "\#(password)"}"#,
            line: "changed user jane: (none) -> operator, password (secret)"),
        Sample(
            route: "PUT /v1/accounts/{name}", path: "/v1/accounts/jane", body: #"{"role": "auditor"}"#,
            line: "changed user jane role: operator -> auditor"),
        Sample(
            route: "POST /v1/login", path: "/v1/login",
            body: #"{"name": "jane", "password": "\#(password)", "service": "WebAdmin", "client": "192.0.2.7"}"#,
            line: "jane (192.0.2.7) changed session: (none) -> logged in (WebAdmin)"),
        Sample(
            route: "PUT /v1/session/password", path: "/v1/session/password",
            body: #"{"old": "\#(password)", "new": "\#(otherPassword)"}"#,
            line: "changed user jane password: (secret) -> (secret)", asSession: true),
        Sample(
            route: "DELETE /v1/session", path: "/v1/session", line: "changed session: logged in -> logged out",
            asSession: true),
        Sample(
            route: "POST /v1/login", path: "/v1/login",
            body: #"{"name": "jane", "password": "\#(otherPassword)", "service": "WebInterface", "client": "::1"}"#,
            line: "jane (::1) changed session: (none) -> logged in (WebInterface)"),
        Sample(
            route: "DELETE /v1/sessions/{number}", path: "/v1/sessions/2",
            line: "changed session of jane from ::1: logged in -> ended"),
        Sample(
            route: "POST /v1/tokens", path: "/v1/tokens", body: #"{"name": "ci", "scopes": ["logs:read"]}"#,
            line: "changed token ci: (none) -> logs:read, value (secret)"),
        Sample(
            route: "DELETE /v1/tokens/{name}", path: "/v1/tokens/ci", line: "changed token ci: logs:read -> (none)"),
        Sample(
            route: "DELETE /v1/accounts/{name}", path: "/v1/accounts/jane",
            line: "changed user jane: auditor -> (none)"),
        Sample(
            route: "PUT /v1/settings/{key}", path: "/v1/settings/syslog.here",
            body: #"{"value": "{ server: 127.0.0.1, port: 9, transport: udp }"}"#, line: "changed syslog.here.server: "),
        Sample(
            route: "POST /v1/syslog/{name}/test", path: "/v1/syslog/here/test",
            line: "changed syslog here: (none) -> test message sent"),
        Sample(
            route: "PUT /v1/settings/{key}", path: "/v1/settings/alerts.told",
            body: #"{"value": "{ log: security, command: [/bin/true] }"}"#, line: "changed alerts.told."),
        Sample(
            route: "POST /v1/alerts/{name}/test", path: "/v1/alerts/told/test",
            line: "changed alert told: (none) -> tested"),
        Sample(
            route: "PUT /v1/packet-log", path: "/v1/packet-log", body: #"{"expression": "port = 80"}"#,
            line: "changed packet_log.expression: none -> port = 80"),
        Sample(
            route: "DELETE /v1/packet-log", path: "/v1/packet-log",
            line: "changed packet_log.expression: port = 80 -> none"),
        Sample(
            route: "PUT /v1/settings/{key}", path: "/v1/settings/logs.debug.keep", body: #"{"value": "12"}"#,
            line: "changed logs.debug.keep: 30 -> 12"),
        Sample(
            route: "DELETE /v1/settings/{key}", path: "/v1/settings/logs.debug.keep",
            line: "changed logs.debug.keep: 12 -> 30"),
        Sample(
            route: "POST /v1/settings/apply", path: "/v1/settings/apply",
            body: #"{"text": "logs: { keep: 7 }\n", "name": "changes.yaml"}"#,
            line: "changed settings: version 6 -> applied changes.yaml"),
        Sample(
            route: "POST /v1/settings/revert", path: "/v1/settings/revert", body: #"{"version": 1}"#,
            line: "changed settings: version 7 -> as version 1"),
        Sample(
            route: "GET /v1/settings/export", path: "/v1/settings/export",
            line: "changed settings: (none) -> exported version 8"),
        Sample(route: "POST /v1/reload", path: "/v1/reload", line: "changed settings: (none) -> read again"),
        Sample(
            route: "POST /v1/dumps", path: "/v1/dumps", body: #"{"name": "office", "expression": "any"}"#,
            line: "changed dump office: (none) -> started: any"),
        Sample(
            route: "POST /v1/dumps/{name}/stop", path: "/v1/dumps/office/stop",
            line: "changed dump office: running -> stopped"),
        Sample(
            route: "GET /v1/dumps/{name}/file", path: "/v1/dumps/office/file",
            line: "changed dump office: (none) -> downloaded"),
        Sample(
            route: "DELETE /v1/dumps/{name}", path: "/v1/dumps/office",
            line: "changed dump office: finished -> removed"),
        Sample(route: "DELETE /v1/logs/{name}", path: "/v1/logs/debug", line: "changed log debug: "),
        Sample(
            route: "POST /v1/users/login", path: "/v1/users/login",
            body: #"{"user": "jane", "address": "192.0.2.44"}"#, line: "192.0.2.44"),
        Sample(
            route: "POST /v1/users/logout", path: "/v1/users/logout", body: #"{"address": "192.0.2.44"}"#,
            line: "192.0.2.44"),
    ]

    @Test("Every route that changes something, or hands something out, leaves its line, and no secret in any")
    func everyRoute() async throws {
        let gateway = try await AuditedGateway()
        do {
            try await walk(gateway)
        } catch {
            await gateway.stop()
            throw error
        }
        await gateway.stop()
    }

    private func walk(_ gateway: AuditedGateway) async throws {
        let audited = Set(gateway.routes.filter(\.isAudited).map { "\($0.method) \($0.path)" })
        let missing = audited.subtracting(Self.samples.map(\.route)).sorted()
        #expect(missing.isEmpty, "routes that change something and have no sample here: \(missing)")
        for route in gateway.routes where "\(route.method)" != "GET" && !route.isAudited {
            #expect(route.path == "/v1/explain", "\(route.method) \(route.path) changes something and is not audited")
        }
        var session = ""
        for sample in Self.samples where audited.contains(sample.route) {
            let before = try await gateway.lines().count
            let method = String(sample.route.prefix { $0 != " " })
            let token = sample.asSession ? session : nil
            var (status, answer) = try await gateway.request(method, sample.path, sample.body, token: token)
            // A syslog receiver is taken up beside the engine, a moment after its settings hold.
            for _ in 0..<50 where status == 503 {
                try await Task.sleep(for: .milliseconds(100))
                (status, answer) = try await gateway.request(method, sample.path, sample.body, token: token)
            }
            // Nobody receives at that port; where the kernel tells that in time, nothing was sent and nothing is told.
            if sample.route.hasPrefix("POST /v1/syslog/"), status == 503 { continue }
            #expect(200..<300 ~= status, "\(method) \(sample.path): \(status) \(answer)")
            if sample.route == "POST /v1/login" {
                let object = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
                session = try #require(object?["token"] as? String)
            }
            let new = try await gateway.lines().dropFirst(before)
            #expect(
                new.contains { $0.contains(sample.line) }, "\(method) \(sample.path) left \(Array(new))")
        }
        for log in LogName.allCases {
            for line in try await gateway.lines(log) {
                for secret in [Self.password, Self.otherPassword, session, "gls_", "glt_", "$scrypt"] {
                    #expect(!line.contains(secret), "a secret stands in the \(log) log: \(line)")
                }
            }
        }
    }

    @Test("A refused log-in is told in the Security log and in the Config log; a refused change in neither")
    func refused() async throws {
        let gateway = try await AuditedGateway()
        let body = #"{"name": "no\none \"x\" (y): z", "password": "p", "service": "WebAdmin", "client": "192.0.2.9"}"#
        let (status, answer) = try await gateway.request("POST", "/v1/login", body)
        #expect(status == 401)
        #expect(answer == #"{"code":"unauthenticated","message":"the name or the password is wrong"}"#)
        let told = try await (security: gateway.lines(.security).last, config: gateway.lines().last)
        #expect(
            told.security?.hasSuffix(
                #"Authentication: WebAdmin: Client: 192.0.2.9: User no\x0aone "x" (y): z doesn't exist"#) == true)
        #expect(
            told.config?.hasSuffix(
                #""no\x0aone \x22x\x22 (y): z" (192.0.2.9) changed session: (none) -> refused: "#
                    + #"User no\x0aone "x" (y): z doesn't exist"#) == true)
        let count = try await gateway.lines().count
        for (method, path, body) in [
            ("PUT", "/v1/settings/logs.debug.keep", #"{"value": "many"}"#), ("DELETE", "/v1/logs/nothing", nil),
            ("POST", "/v1/settings/revert", #"{"version": 77}"#), ("DELETE", "/v1/tokens/nothing", nil),
            ("POST", "/v1/settings/apply", #"{"text": "foo: 1", "name": "x.yaml"}"#),
            ("POST", "/v1/settings/apply", #"{"text": "gateway: x", "name": "x.yaml", "dry_run": true}"#),
        ] as [(String, String, String?)] {
            _ = try await gateway.request(method, path, body)
        }
        let after = try await gateway.lines().count
        #expect(after == count)
        await gateway.stop()
    }
}
