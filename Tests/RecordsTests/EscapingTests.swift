import PacketDecoding
import Primitives
import TestSupport
import Testing

@testable import Records

/// Nobody forges a line: one record is one line, whatever names say.
struct EscapingTests {
    @Test func `a rule's name cannot end its line, its quotes or its colour`() throws {
        let evil = "x\" packet\n[01/Jan/2026 00:00:00] PERMIT\u{1B}[31m\r\u{85}\u{2028}\u{202E}\u{9B}é"
        let packet = PacketBuilder().nflog(prefix: "DROP " + evil, input: 1).ipv4().esp()
        #expect(
            try line(packet, Scene(direction: .unknown)).afterTime
                == #"DROP "x\x22 packet\x0a[01/Jan/2026 00:00:00] PERMIT\x1b[31m\x0d\xc2\x85\xe2\x80\xa8\xe2\x80\xae"#
                + #"\xc2\x9bé" packet from WAN, proto:ESP, len:28, 10.0.0.1 -> 10.0.0.2"#)
        let quiet = PacketBuilder().nflog(prefix: "DROP it's", input: 1).ipv4().esp()
        #expect(
            try line(quiet, Scene(dialect: .winroute, direction: .unknown)).afterTime.hasPrefix(
                #"DROP 'it\x27s' packet"#))
    }

    @Test func `names are escaped too`() throws {
        let packet = PacketBuilder().ethernet().ipv4().udp()
        let scene = Scene(
            template: "%IF%|%SRCHOST%|%USER%", interface: "WA\nN",
            record: {
                $0.sourceHost = 1
                $0.sourceUser = 1
            },
            names: {
                $0.hosts.set("a\u{7F}b.example", for: 1)
                $0.users.set("käthe\t", for: 1)
            })
        #expect(try line(packet, scene).afterTime == #"WA\x0aN|a\x7fb.example|käthe\x09"#)
    }

    @Test func `random bytes become one printable line, and its valid text stays`() {
        var generator = SeededGenerator(seed: 0xE5C)
        for _ in 0..<5000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...40, using: &generator) {
                switch Int.random(in: 0...3, using: &generator) {
                case 0: bytes.append(UInt8.random(in: 0...255, using: &generator))
                case 1: bytes += Array("ÿ€😀\u{2028}\u{9B}".utf8).shuffled(using: &generator).prefix(2)
                case 2:
                    bytes += Array(String(Unicode.Scalar(UInt32.random(in: 0xA0...0xD7FF, using: &generator))!).utf8)
                default: bytes.append(UInt8.random(in: 0x20...0x7E, using: &generator))
                }
            }
            let text = escaped(bytes)
            #expect(text == twin(bytes), "seed 0xE5C, \(bytes)")
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 || 0x7F...0x9F ~= $0.value })
        }
    }

    private func escaped(_ bytes: [UInt8]) -> String {
        var buffer = ByteBuffer(capacity: 64)
        buffer.append(escaping: bytes.span.bytes)
        return buffer.text
    }

    /// The standard library's decoder says what is UTF-8.
    private func twin(_ bytes: [UInt8]) -> String {
        var text = ""
        var rest = bytes[...]
        while let first = rest.first {
            let length = (1...4).first { String(validating: rest.prefix($0), as: UTF8.self)?.unicodeScalars.count == 1 }
            let scalar = length.flatMap { String(validating: rest.prefix($0), as: UTF8.self)?.unicodeScalars.first }
            if let length, let scalar, isHarmless(scalar) {
                text.unicodeScalars.append(scalar)
                rest = rest.dropFirst(length)
            } else {
                for byte in rest.prefix(length ?? 1) {
                    text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
                }
                rest = rest.dropFirst(length ?? 1)
            }
            _ = first
        }
        return text
    }

    private func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.generalCategory == .control { return false }
        return !["\u{2028}", "\u{2029}", "\u{200E}", "\u{200F}", "\u{61C}", "\u{FEFF}"].contains(scalar)
            && !(0x202A...0x202E ~= scalar.value) && !(0x2066...0x2069 ~= scalar.value)
    }
}
