import Foundation
import PacketDecoding
import Primitives
import Records
import Settings
import TestSupport
import Testing

/// What a receiver reads out of a message of RFC 5424, by its grammar and nothing else.
struct ParsedMessage: Equatable {
    var priority = 0
    var head: [String] = []
    var id = ""
    var parameters: [(name: String, value: [UInt8])] = []
    var body: [UInt8] = []

    static func == (left: ParsedMessage, right: ParsedMessage) -> Bool {
        left.head == right.head && left.body == right.body
    }

    init?(_ message: [UInt8]) {
        var rest = message[...]
        func take(_ byte: Character) -> Bool {
            guard rest.first == byte.asciiValue else { return false }
            rest = rest.dropFirst()
            return true
        }
        func word(_ stops: String) -> String {
            let word = rest.prefix { byte in 0x21...0x7E ~= byte && !stops.utf8.contains(byte) }
            rest = rest.dropFirst(word.count)
            return String(decoding: word, as: UTF8.self)
        }
        guard take("<"), let priority = Int(word(">")), take(">"), take("1") else { return nil }
        self.priority = priority
        for _ in 0..<5 {
            guard take(" ") else { return nil }
            head.append(word(""))
        }
        guard take(" ") else { return nil }
        if !take("-") {
            guard take("[") else { return nil }
            id = word("=]\"")
            while take(" ") {
                let name = word("=]\"")
                guard 1...32 ~= name.utf8.count, take("="), take("\"") else { return nil }
                var value: [UInt8] = []
                while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
                    if byte == UInt8(ascii: "]") { return nil }
                    var byte = byte
                    if byte == UInt8(ascii: "\\") {
                        guard let escaped = rest.popFirst(), "\"\\]".utf8.contains(escaped) else { return nil }
                        byte = escaped
                    }
                    value.append(byte)
                }
                parameters.append((name, value))
            }
            guard take("]") else { return nil }
        }
        if !rest.isEmpty { guard take(" ") else { return nil } }
        body = Array(rest)
    }
}

@Suite("Syslog messages read back")
struct SyslogParsingTests {
    /// Bytes that people who mean harm would choose.
    static func hostile(_ generator: inout SeededGenerator) -> [UInt8] {
        let parts: [[UInt8]] = [
            Array("\"".utf8), Array("]".utf8), Array("\\".utf8), Array("=".utf8), Array("|".utf8), [0], [10], [0xFF],
            [0xC3], Array("ä".utf8), Array("\u{202E}".utf8), Array("\u{1B}[2J".utf8), Array(" x".utf8),
            Array("] <13>1 - - - - - - forged".utf8), Array("[a@1 b=\"c\"]".utf8),
        ]
        return (0..<Int.random(in: 1...8, using: &generator)).flatMap { _ in parts.randomElement(using: &generator)! }
    }

    @Test("Whatever a rule is called, its name comes back and nothing else does (seed 20261121)")
    func structuredData() throws {
        var generator = SeededGenerator(seed: 20_261_121)
        let sender = SyslogSender(log: "filter", gateway: "gw", host: "gw", application: "a", format: .rfc5424)
        for _ in 0..<2_000 {
            let name = Self.hostile(&generator)
            let (message, _) = message(named: name, sender)
            let parsed = try #require(ParsedMessage(message), "\(String(decoding: message, as: UTF8.self))")
            #expect(parsed.head == ["2012-09-08T11:47:39.000000Z", "gw", "a", "-", "filter"])
            #expect(parsed.id == "gatelog@32473")
            let rules = parsed.parameters.filter { $0.name == "rule" }
            #expect(rules.map(\.value) == [Self.shown(name)])
            #expect(Set(parsed.parameters.map(\.name)).count == parsed.parameters.count)
            #expect(parsed.body == Array("text".utf8))
            #expect(message.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            #expect(String(validating: message, as: UTF8.self) != nil)
        }
    }

    @Test("A CEF value ends where its key's value ends")
    func cef() throws {
        var generator = SeededGenerator(seed: 20_261_121)
        let sender = SyslogSender(log: "filter", gateway: "g=w|", host: "gw", application: "a", body: .cef)
        for _ in 0..<2_000 {
            let name = Self.hostile(&generator)
            let (message, _) = message(named: name, sender)
            let text = try #require(String(validating: message, as: UTF8.self))
            let event = try #require(text.range(of: "CEF:0|")).lowerBound
            let fields = Self.cefFields(Array(text[event...].utf8))
            #expect(fields["cs1"] == Self.shown(name), "\(text)")
            #expect(fields["msg"] == Array("text".utf8))
            #expect(fields["dvchost"] == Array("g=w|".utf8))
        }
    }

    /// Reads the extension: a key is letters and digits before an `=` that stands behind no backslash.
    static func cefFields(_ event: [UInt8]) -> [String: [UInt8]] {
        var bars = 0
        var start = 0
        while bars < 7, start < event.count {
            if event[start] == UInt8(ascii: "\\") { start += 1 } else if event[start] == UInt8(ascii: "|") { bars += 1 }
            start += 1
        }
        var signs: [Int] = []
        var place = start
        while place < event.count {
            if event[place] == UInt8(ascii: "\\") {
                place += 1
            } else if event[place] == UInt8(ascii: "=") {
                signs.append(place)
            }
            place += 1
        }
        func keyStart(_ sign: Int) -> Int {
            var place = sign
            while place > start, event[place - 1] != UInt8(ascii: " ") { place -= 1 }
            return place
        }
        var fields: [String: [UInt8]] = [:]
        for (index, sign) in signs.enumerated() {
            let end = index + 1 < signs.count ? keyStart(signs[index + 1]) - 1 : event.count
            var value: [UInt8] = []
            var place = sign + 1
            while place < end {
                if event[place] == UInt8(ascii: "\\") { place += 1 }
                value.append(event[place])
                place += 1
            }
            fields[String(decoding: event[keyStart(sign)..<sign], as: UTF8.self)] = value
        }
        return fields
    }

    /// As a line shows it.
    static func shown(_ bytes: [UInt8]) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 64)
        buffer.append(escaping: bytes.span.bytes)
        return buffer.bytes.withUnsafeBytes { [UInt8]($0) }
    }

    private func message(named name: [UInt8], _ sender: SyslogSender) -> ([UInt8], Int) {
        var renderer = SyslogRenderer(sender, zone: .utc)
        var batch = SyslogBatch(framing: .datagrams)
        let text = Array("[08/Sep/2012 11:47:39] text".utf8)
        var scene = Scene()
        scene.record = { record in
            record.present.insert(.rule)
            record.ruleOffset = 0
            record.ruleLength = Int32(name.count)
        }
        _ = rendered(PacketBuilder().ethernet().ipv4().tcp(1, 2), scene) { record, _, names, _ in
            // The record's name stands in bytes of its own.
            renderer.append(text.span.bytes, record, name.span.bytes, names, kind: "filter", to: &batch)
        }
        return (batch.bytes.bytes.withUnsafeBytes { [UInt8]($0) }, batch.cut)
    }
}
