import LogIndex
import Primitives
import Records
import TestSupport
import Testing

@Suite("Lines with members of their own")
struct FieldTests {
    static let time = Timestamp(seconds: 1_795_248_000, nanoseconds: 5)

    static func fields(_ items: [(String, String)]) -> RecordFields {
        var fields = RecordFields()
        for (name, value) in items { fields.add(name, value) }
        return fields
    }

    static let samples = [
        fields([("who", "jane"), ("from", "192.0.2.7"), ("path", "logs.keep"), ("old", "30"), ("new", "60")]),
        RecordFields(),
        fields([("event", "authentication"), ("reason", "User \"x\"\n doesn't exist"), ("service", "")]),
        fields((0..<40).map { ("name\($0)", String(repeating: "v", count: 5000)) }),
    ]

    /// The block of a line for each sample, with plain lines and a packet's worth of time between.
    static func block() -> [UInt8] {
        var builder = IndexBlockBuilder(seed: 1)
        for (number, fields) in samples.enumerated() {
            builder.append(kind: .engine, time: time, lineLength: 40)
            builder.append(
                kind: .change, time: Timestamp(nanoseconds: time.nanoseconds + Int64(number) * 7_000_000_000),
                fields: fields, lineLength: 70_000)
        }
        var buffer = ByteBuffer(capacity: 1024)
        builder.finish(into: &buffer)
        let bytes = buffer.bytes
        return (0..<bytes.byteCount).map { bytes.byte(at: $0) }
    }

    static func members(_ bytes: [UInt8]) throws -> [(kind: RecordKind, text: String, length: Int)] {
        var reader = IndexBlockReader()
        let block = bytes.span.bytes
        try reader.open(block, isSealed: false)
        var found: [(RecordKind, String, Int)] = []
        while let line = reader.next(block) {
            let text = String(appending: { reader.appendFields(of: line, block, to: &$0) })
            found.append((line.kind, text, line.length))
            #expect(!line.isPacket && !line.isConnection)
        }
        return found
    }

    @Test("Members come back as they were given, in their order")
    func roundTrip() throws {
        let found = try Self.members(Self.block())
        #expect(found.count == 2 * Self.samples.count)
        for (number, fields) in Self.samples.enumerated() {
            let expected = fields.items.map { item in
                "\"\(item.name)\":\"" + String(appending: { $0.append(escapingJSON: item.value) }) + "\","
            }
            let (plain, line) = (found[2 * number], found[2 * number + 1])
            #expect(plain.kind == .engine && plain.text.isEmpty && plain.length == 40)
            #expect(line.kind == .change && line.length == 70_000)
            #expect(line.text == expected.joined())
        }
    }

    @Test("A value that is too long is cut, and so are members beyond the limit")
    func bounds() {
        let fields = Self.samples[3]
        #expect(fields.items.count == RecordFields.limit)
        #expect(fields.items.allSatisfy { $0.value.utf8.count == RecordFields.longestValue + 3 })
    }

    @Test("A damaged block ends early and traps nowhere")
    func damaged() {
        let block = Self.block()
        var generator = SeededGenerator(seed: 20_261_121)
        for _ in 0..<3_000 {
            var bytes = block
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<min(bytes.count, 1200), using: &generator)] = .random(
                    in: .min ... .max, using: &generator)
            }
            _ = try? Self.members(bytes)
        }
    }
}
