import ControlAPI
import ControlClient
import ControlMessages
import ControlTestSupport
import Foundation
import Testing

@Suite("Everything that is refused is refused in JSON")
struct RefusalTests {
    static let json = "Content-Type: application/json"

    @Test(
        "A status code, a code and a sentence",
        arguments: [
            ("GET", "/", nil, 404, "not_found"), ("GET", "/v1", nil, 404, "not_found"),
            ("GET", "/v1/nothing", nil, 404, "not_found"), ("GET", "/v1/status/dead", nil, 404, "not_found"),
            ("GET", "/v1/dumps/none", nil, 404, "not_found"), ("GET", "/v1/dumps/none/file", nil, 404, "not_found"),
            ("GET", "/v1/dumps/..%2F..%2Fetc%2Fpasswd/file", nil, 404, "not_found"),
            ("GET", "/v1/dumps/%zz", nil, 400, "invalid"), ("GET", "/v1/dumps/%00", nil, 400, "invalid"),
            ("DELETE", "/v1/dumps/none", nil, 404, "not_found"), ("POST", "/v1/dumps/none/stop", nil, 404, "not_found"),
            ("GET", "/v1/logs/none", nil, 404, "not_found"), ("GET", "/v1/logs/none/live", nil, 404, "not_found"),
            ("DELETE", "/v1/logs/none", nil, 404, "not_found"), ("GET", "/v1/lists/none", nil, 404, "not_found"),
            ("GET", "/v1/logs/debug?limit=-1", nil, 400, "invalid"),
            ("GET", "/v1/logs/debug?wrong=1", nil, 400, "invalid"), ("GET", "/v1/logs/debug?%", nil, 400, "invalid"),
            ("GET", "/v1/status/live?interval=0", nil, 400, "invalid"),
            ("GET", "/v1/status/live?interval=nan", nil, 400, "invalid"),
            ("POST", "/v1/status", nil, 405, "method_not_allowed"),
            ("PUT", "/v1/dumps", "{}", 405, "method_not_allowed"),
            ("PATCH", "/v1/status", nil, 405, "method_not_allowed"),
            ("PURGE", "/v1/reload", nil, 405, "method_not_allowed"), ("PUT", "/v1/packet-log", "", 400, "invalid"),
            ("PUT", "/v1/packet-log", "nonsense", 400, "invalid"), ("PUT", "/v1/packet-log", "[1,2]", 400, "invalid"),
            ("PUT", "/v1/packet-log", "{}", 400, "invalid"), ("PUT", "/v1/packet-log", "null", 400, "invalid"),
            ("PUT", "/v1/packet-log", #"{"expression": 5}"#, 400, "invalid"),
            ("PUT", "/v1/packet-log", #"{"expression": null}"#, 400, "invalid"),
            ("PUT", "/v1/packet-log", #"{"expression": "any", "more": 1}"#, 400, "invalid"),
            ("PUT", "/v1/packet-log", #"{"expression": "nonsense"}"#, 400, "invalid"),
            ("POST", "/v1/explain", #"{"expression": ""}"#, 400, "invalid"),
            ("POST", "/v1/dumps", #"{"name": "a", "expression": "any", "max_size": -1}"#, 400, "invalid"),
            ("POST", "/v1/dumps", #"{"name": "a", "expression": "any", "max_size": 1e300}"#, 400, "invalid"),
            ("POST", "/v1/dumps", #"{"name": "../a", "expression": "any"}"#, 400, "invalid"),
            ("PUT", "/v1/settings/none", #"{"value": "1"}"#, 400, "invalid"),
            ("DELETE", "/v1/settings/none", nil, 400, "invalid"),
        ] as [(String, String, String?, Int, String?)])
    func refusals(method: String, path: String, body: String?, status: Int, code: String?) async throws {
        try await Gateway.with { gateway async throws in
            let reply = try await RawConnection.request(
                method, path, headers: body == nil ? [] : [Self.json], body: body, socket: gateway.client.socket)
            #expect(reply.status == status)
            #expect(reply.code == code)
            #expect(code == nil || reply.headers["content-type"] == "application/json")
            #expect(await gateway.engine.expression == nil)
        }
    }

    @Test("405 says what is allowed")
    func allowed() async throws {
        try await Gateway.with { gateway async throws in
            let reply = try await RawConnection.request("POST", "/v1/packet-log", socket: gateway.client.socket)
            #expect(reply.headers["allow"] == "DELETE, GET, PUT")
            #expect(reply.body.contains("/v1/packet-log takes DELETE, GET, PUT, not POST"))
        }
    }

    @Test(
        "A body that is not JSON, or does not say so",
        arguments: [
            ([], 415), (["Content-Type: text/plain"], 415), (["Content-Type: application/json; charset=latin1"], 415),
            (["Content-Type: application/json; charset=UTF-8"], 200), (["Content-Type: Application/JSON"], 200),
        ])
    func mediaTypes(headers: [String], status: Int) async throws {
        try await Gateway.with { gateway async throws in
            let reply = try await RawConnection.request(
                "PUT", "/v1/packet-log", headers: headers, body: #"{"expression": "any"}"#,
                socket: gateway.client.socket)
            #expect(reply.status == status)
        }
    }

    @Test("A body that is too long, announced or not")
    func tooLong() async throws {
        try await Gateway.with { gateway async throws in
            let body = #"{"expression": "\#(String(repeating: "a", count: ControlLimits().bodyBytes))"}"#
            let announced = try await RawConnection.request(
                "PUT", "/v1/packet-log", headers: [Self.json], body: body, socket: gateway.client.socket)
            #expect(announced.status == 413)
            #expect(announced.code == "too_large")
            let chunk = String(body.utf8.count, radix: 16) + "\r\n" + body + "\r\n0\r\n\r\n"
            let chunked = try await RawConnection.request(
                "PUT", "/v1/packet-log", headers: [Self.json, "Transfer-Encoding: chunked", "Content-Length-Not: 0"],
                body: chunk, socket: gateway.client.socket)
            #expect(chunked.status == 413)
        }
    }

    @Test("What does not arrive in time is given up")
    func timeout() async throws {
        var limits = ControlLimits()
        limits.answerTime = .milliseconds(200)
        try await Gateway.with(limits: limits) { gateway async throws in
            let socket = gateway.client.socket
            let half = try await RawConnection.request(
                "PUT", "/v1/packet-log", headers: [Self.json, "Content-Length: 100"], body: "{", socket: socket)
            #expect(half.status == 408)
            #expect(half.code == "timeout")
            await gateway.engine.change { $0.delay = .seconds(60) }
            let slow = try await RawConnection.request("GET", "/v1/status", socket: socket)
            #expect(slow.status == 408)
        }
    }

    @Test("A connection that asks nothing is closed")
    func idle() async throws {
        var limits = ControlLimits()
        limits.idleTime = .milliseconds(100)
        try await Gateway.with(limits: limits) { gateway async throws in
            for text in ["", "GET /v1/sta", "GET /v1/status HTTP/1.1\r\nHost: x\r\n"] {
                let start = ContinuousClock.now
                _ = try await RawConnection.exchange(Array(text.utf8), socket: gateway.client.socket)
                #expect(ContinuousClock.now - start < .seconds(10), "\(text)")
            }
        }
    }
}
