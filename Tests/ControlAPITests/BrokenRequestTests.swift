import ControlAPI
import ControlClient
import ControlMessages
import ControlTestSupport
import Foundation
import TestSupport
import Testing

/// 10,000 requests that are broken in every way: the server answers or closes, and is the same afterwards.
@Suite("Broken requests")
struct BrokenRequestTests {
    /// Requests that are right, from which the broken ones are made.
    private static let seeds: [String] = [
        request("PUT", "/v1/packet-log", #"{"expression": "port = 80 & tcpfl = SYN"}"#),
        request("POST", "/v1/explain", #"{"expression": "any"}"#),
        request(
            "POST", "/v1/dumps",
            #"{"name": "office", "expression": "any", "max_size": 1000000, "ring": 4, "replaces": true}"#),
        request("PUT", "/v1/settings/logs.debug.keep", #"{"value": "[1, {a: b}]"}"#),
        request("POST", "/v1/dumps/office/stop", ""), request("DELETE", "/v1/dumps/office", ""),
        "GET /v1/logs/debug?limit=10&grep=a%2Bb&json=true HTTP/1.1\r\nHost: x\r\n\r\n",
        "PUT /v1/packet-log HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "16\r\n{\"expression\": \"any=1\"}\r\n0\r\n\r\n",
    ]

    private static func request(_ method: String, _ path: String, _ body: String) -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// What a mutation puts in, besides random bytes.
    private static let morsels: [[UInt8]] =
        [
            "\r\n", "\r\n\r\n", "\"", "\\u0000", "{", "[", "}", "%", "%00", "\u{0}", "99999999999999999999", "-1",
            "1e999",
            "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "HTTP/9.9", "../", "/", "?", "null", "\u{FFFD}",
            String(repeating: "[", count: 2000), String(repeating: "{\"a\":", count: 600),
            String(repeating: "x", count: 5000),
        ].map { Array($0.utf8) } + [[0xFF, 0xFE, 0x80]]

    private static func mutated(_ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(seeds[Int.random(in: 0..<seeds.count, using: &generator)].utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &generator)))
            case 2: bytes.removeSubrange(place...)
            case 3: bytes.insert(contentsOf: bytes[place...].prefix(60), at: place)
            default: bytes.insert(contentsOf: morsels.randomElement(using: &generator) ?? [], at: place)
            }
        }
        return bytes
    }

    @Test("10,000 broken requests: every one is answered or its connection ends, and nothing is left of them")
    func tenThousand() async throws {
        let seed = ProcessInfo.processInfo.environment["GATELOG_SEED"].flatMap { UInt64($0) } ?? 20_261_121
        var limits = ControlLimits()
        limits.answerTime = .milliseconds(300)
        limits.idleTime = .milliseconds(300)
        try await Gateway.with(limits: limits) { gateway async throws in
            let socket = gateway.client.socket
            let statuses = LockedList<Int>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        var generator = SeededGenerator(seed: seed &+ UInt64(worker))
                        for _ in 0..<1250 {
                            let bytes = Self.mutated(&generator)
                            // Half close, so that what is incomplete need not time out.
                            let answer = try await RawConnection.exchange(bytes, socket: socket, halfCloses: true)
                            guard !answer.isEmpty else { continue }
                            let reply = try RawConnection.reply(answer)
                            statuses.append(reply.status)
                            let isKnown = [200, 201, 204, 400, 404, 405, 408, 409, 413, 415, 429, 431, 501].contains(
                                reply.status)
                            #expect(isKnown, "seed \(seed): \(reply) to \(String(decoding: bytes, as: UTF8.self))")
                        }
                    }
                }
                try await group.waitForAll()
            }
            // The mutations reach the router and the engine, not the parser alone.
            let counts = Dictionary(grouping: statuses.all) { $0 }.mapValues(\.count)
            #expect((counts[200] ?? 0) > 100 && (counts[400] ?? 0) > 1000 && (counts[404] ?? 0) > 50, "\(counts)")
            #expect(await Gateway.wait { gateway.server.openStreams == 0 })
            #expect(try await gateway.client.status().gateway == "gw")
        }
    }

    @Test("Hundreds of questions at once, over more connections than are served at a time")
    func concurrency() async throws {
        var limits = ControlLimits()
        limits.connections = 16
        try await Gateway.with(limits: limits) { gateway async throws in
            let client = gateway.client
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        switch number % 3 {
                        case 0: #expect(try await client.status().gateway == "gw")
                        case 1: _ = try await client.setPacketLog("port = \(number)")
                        default: #expect(try await client.logPage("debug", LogQuery()).lines.count == 3)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(await gateway.engine.calls.count == 100)
        }
    }

    @Test("Several requests over one connection, also sent at once")
    func pipelined() async throws {
        try await Gateway.with { gateway async throws in
            let one = "GET /v1/packet-log HTTP/1.1\r\nHost: x\r\n\r\n"
            let last = "GET /v1/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            let text = String(
                decoding: try await RawConnection.exchange(
                    Array((one + one + last).utf8), socket: gateway.client.socket), as: UTF8.self)
            #expect(text.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
            #expect(text.components(separatedBy: "HTTP/1.1 404 Not Found").count == 2)
        }
    }
}
