import Expressions
import LogIndex
import PacketDecoding
import Primitives
import Records
import TestSupport

// What the index costs beside the lines: nanoseconds and bytes a line, by how many flows a block has.

let clock = ContinuousClock()
let linesOfBlock = 1_400
let rounds = 300

/// Prints nanoseconds for each of `count` things that `body` does.
func measure(_ name: String, _ count: Int, _ body: () -> Void) {
    body()
    let best = (0..<3).map { _ in clock.measure(body) }.min() ?? .zero
    let nanoseconds = Double(best.components.attoseconds) / 1e9 + Double(best.components.seconds) * 1e9
    print("  \(name): \((nanoseconds / Double(count) * 10).rounded() / 10) ns")
}

func records(flows: Int, isIPv6: Bool) -> (records: [PacketRecord], bytes: [UInt8]) {
    var random = SeededGenerator(seed: 20_261_121)
    let base = PacketBuilder().ethernet()
    let packet = (isIPv6 ? base.ipv6("2001:db8::1", "2001:db8::2") : base.ipv4("10.0.0.1", "10.0.0.2")).tcp(1, 2)
        .payload(count: 400)
    let bytes = packet.bytes
    var frame = packet.frame()
    frame.interface = InterfaceID(rawValue: 2)
    frame.incoming = frame.interface
    frame.direction = .incoming
    let made = (0..<linesOfBlock).map { index in
        var record = PacketRecord(frame, packet.decoded(), bytes.span.bytes, source: .capture)
        var flow = SeededGenerator(seed: random.next() % UInt64(flows))
        record.time.nanoseconds += Int64(index) * 500
        record.sourceIP.number += UInt128(flow.next() % 65_536)
        record.destinationIP.number += UInt128(flow.next() % (1 << 24))
        record.sourcePort = UInt16(truncatingIfNeeded: flow.next())
        record.destinationPort = [80, 443, 53, 22][Int(flow.next() % 4)]
        record.tcpSequence = UInt32(truncatingIfNeeded: random.next())
        return record
    }
    return (made, bytes)
}

var names = PacketNames()
names.name(InterfaceID(rawValue: 2), "Internet")

for (flows, isIPv6) in [(1, false), (50, false), (500, false), (1 << 40, false), (1 << 40, true)] {
    let (made, bytes) = records(flows: flows, isIPv6: isIPv6)
    print("\(linesOfBlock) lines a block, \(min(flows, linesOfBlock)) flows, \(isIPv6 ? "IPv6" : "IPv4")")
    var builder = IndexBlockBuilder(seed: 7)
    var sealer = IndexSealer()
    var block = ByteBuffer()
    var directory = ByteBuffer()
    var lines = PacketLineRenderer(clock: LineClock(zone: .utc, form: .bracketed))
    var text = ByteBuffer(capacity: 1 << 20)
    let total = linesOfBlock * rounds
    measure("render a line", total) {
        for _ in 0..<rounds {
            text.removeAll()
            for index in made.indices {
                lines.append(made[index], bytes.span.bytes, names, form: .packetLogging, to: &text)
            }
        }
    }
    measure("append a record, and finish", total) {
        for _ in 0..<rounds {
            block.removeAll()
            for index in made.indices {
                builder.append(made[index], bytes.span.bytes, names, kind: .packet, lineLength: 190)
            }
            builder.finish(into: &block)
        }
    }
    measure("seal, for each line", total) {
        for _ in 0..<rounds {
            directory.removeAll()
            sealer.seal(&block, lineOffset: 0, lineNumber: 0, recordOffset: 0, into: &directory)
        }
    }
    print(
        "  bytes a line: \(block.count / linesOfBlock) in blocks, \(directory.count * 10 / linesOfBlock) / 10 in the directory"
    )
    let tree = try? Expression(parsing: "addr = 1.2.3.4 & port = 8080").tree
    var selection = StoredSelection(tree, directory: Directory())
    var reader = IndexBlockReader()
    var met = 0
    measure("open, and ask each line", total) {
        for _ in 0..<rounds {
            guard (try? reader.open(block.bytes)) != nil else { return }
            selection.begin(reader, block.bytes)
            while let line = reader.next(block.bytes) { met += selection.matches(line, &reader, block.bytes) ? 1 : 0 }
        }
    }
    measure("read a summary and pass the block over", rounds) {
        for _ in 0..<rounds {
            var records = IndexDirectory()
            while let summary = records.next(directory.bytes) {
                met += selection.matcher.mayMatch(summary, directory.bytes) ? 1 : 0
            }
        }
    }
    var wrong = 0
    var records = IndexDirectory()
    if let summary = records.next(directory.bytes) {
        for number in 0..<20_000 {
            let needle = "addr = 203.\(number >> 16).\(number >> 8 & 255).\(number & 255)"
            let matcher = BlockMatcher((try? Expression(parsing: needle))?.tree, directory: Directory())
            wrong += matcher.mayMatch(summary, directory.bytes) ? 1 : 0
        }
    }
    print("  wrongly not passed over: \(wrong) of 20,000 addresses (\(met) met)")
}
