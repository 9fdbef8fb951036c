import CaptureStreams
import PacketDecoding
import Primitives
import TestSupport
import Testing

@testable import Records

/// Every packet of every capture that a decoder once stumbled over, and damaged copies of them.
struct CorpusTests {
    @Test func `one packet is one printable line`() throws {
        let everything = PacketVariable.allCases.map { "%\($0.rawValue)%" }.joined(separator: "|")
        var plain = PacketLineRenderer(clock: LineClock(zone: .utc, form: .bracketed))
        var full = PacketLineRenderer(
            template: try PacketTemplate(parsing: everything), dialect: .winroute,
            clock: LineClock(zone: .utc, form: .bracketedMilliseconds))
        var buffer = ByteBuffer(capacity: 1 << 20)
        var generator = SeededGenerator(seed: 0xC0)
        let packets = try eachPacket(damagedBy: &generator) { record, bytes, names in
            for renders in 0..<2 {
                buffer.removeAll()
                if renders == 0 {
                    plain.append(record, bytes, names, form: .packetLogging, to: &buffer)
                } else {
                    full.append(record, bytes, names, form: .drop(.trafficRule), to: &buffer)
                }
                let text = buffer.text
                let isLine = text.utf8.last == 10 && text.utf8.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F }
                #expect(isLine && !text.contains(", \n") && !text.contains("\u{FFFD}"), "seed 0xC0: \(text)")
            }
        }
        #expect(packets > 5000)
    }

    @Test(arguments: JSONNames.allCases)
    func `one packet is one object`(style: JSONNames) throws {
        var renderer = PacketJSONRenderer(names: style, zone: .utc)
        var buffer = ByteBuffer(capacity: 1 << 20)
        var generator = SeededGenerator(seed: 0xC1)
        let packets = try eachPacket(damagedBy: &generator) { record, bytes, names in
            renderer.append(record, bytes, names, to: &buffer)
        }
        let bytes = buffer.bytes.withUnsafeBytes { Array($0) }
        let script = "import json, sys\nprint(len([json.loads(line) for line in sys.stdin]))"
        #expect(try Peer.output(of: "python3", ["-c", script], input: bytes).text == "\(packets)\n")
    }

    /// Calls `body` for each packet as it is, and for a copy with four bytes changed and the end cut off.
    private func eachPacket(
        damagedBy generator: inout SeededGenerator,
        _ body: (PacketRecord, RawSpan, borrowing PacketNames) -> Void
    ) throws -> Int {
        let names = PacketNames()
        var layers = Layers()
        var count = 0
        for name in Fixtures.captureNames {
            guard var reader = try? CaptureReader(path: Fixtures.capture(name)) else { continue }
            while let frame = try reader.next() {
                layers.decode(reader.bytes, of: frame)
                body(PacketRecord(frame, layers, reader.bytes), reader.bytes, names)
                count += 1
                var damaged = reader.bytes.withUnsafeBytes { Array($0) }
                guard !damaged.isEmpty else { continue }
                for _ in 0..<4 {
                    damaged[Int.random(in: 0..<min(damaged.count, 80), using: &generator)] = .random(
                        in: 0...255, using: &generator)
                }
                damaged.removeLast(Int.random(in: 0..<damaged.count, using: &generator))
                var cut = frame
                cut.capturedLength = damaged.count
                layers.decode(damaged.span.bytes, of: cut)
                body(PacketRecord(cut, layers, damaged.span.bytes), damaged.span.bytes, names)
                count += 1
            }
        }
        return count
    }
}
