import FuzzDriver
import IPLog
import Primitives

// Any bytes, as the log of any unit in any layout, give records that lie within them, one behind the other, and have a
// text; what is no record is told with its place. Handed over in pieces they give the same records. An input is a byte
// that chooses the unit and the layout, a byte that says where to cut, and the log.

@main
enum IPLogTarget {
    static func main() { FuzzDriver.run({ fuzzIPLog($0, $1) }, seeds: writeSeeds) }
}

private func fuzzIPLog(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count >= 2 else { return 0 }
    let unit = IPLogUnit.allCases[Int(start[0]) % 3]
    let choice = Int(start[0]) / 3 % (IPLogLayout.allCases.count + 1)
    let layout = choice == 0 ? nil : IPLogLayout.allCases[choice - 1]
    let log = RawSpan(_unsafeStart: UnsafeRawPointer(start + 2), byteCount: count - 2)
    let whole = read(log, cut: log.byteCount, unit, layout)
    // Without a named layout a cut decides by which records it is found out.
    if layout != nil {
        let pieces = read(log, cut: min(Int(start[1]), log.byteCount), unit, layout)
        precondition(pieces == whole, "a log that is cut has the same records")
    }
    return 0
}

/// Where the records end that are found in a log whose first `cut` bytes come first; each is written as text.
private func read(_ log: RawSpan, cut: Int, _ unit: IPLogUnit, _ layout: IPLogLayout?) -> [Int] {
    var options = IPLogText.Options()
    options.showsNumbers = true
    var text = IPLogText(options: options, tables: IPLogTables(), zone: { _ in 0 })
    var out = ByteBuffer(capacity: 4096)
    var reader = IPLogReader(unit: unit, layout: layout)
    var ends: [Int] = []
    var at = 0
    for have in [cut, log.byteCount] {
        let bytes = log.extracting(0..<have)
        steps: while true {
            switch reader.next(bytes, at: at, isEnd: have == log.byteCount) {
            case .record(let place):
                precondition(place.start == at && place.end > at && place.end <= have, "a record lies within the bytes")
                out.removeAll()
                if let layout = reader.layout { _ = text.append(bytes, place, unit, layout, to: &out) }
                precondition(out.count > 0, "a record has a line")
                ends.append(place.end)
                at = place.end
            case .other(let place):
                precondition(place.end > at && place.end <= have, "another unit's record lies within the bytes")
                at = place.end
            case .damage(let damage, let resume):
                precondition(resume >= at && resume <= have, "reading goes on behind damage")
                precondition(damage.offset < damage.resumed && !damage.description.isEmpty, "damage has a place")
                at = resume
            case .more(let keep):
                precondition(keep >= at && keep <= have, "what is kept was not read yet")
                at = keep
                break steps
            case .end:
                break steps
            }
        }
        if have == log.byteCount { break }
    }
    return ends
}

private func writeSeeds(into folder: String) {
    let packet: [UInt8] = [
        0x45, 0, 0, 56, 0, 1, 0, 0, 64, 1, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7, 3, 3, 0, 0, 0, 0, 0, 0,
        0x45, 0, 0, 40, 0, 2, 0, 0, 64, 6, 0, 0, 198, 51, 100, 7, 192, 0, 2, 1, 0, 80, 4, 0, 1, 2, 3, 4,
    ]
    let header = IPLogHeader(seconds: 1_700_000_000, microseconds: 12)
    let record = IPLogFilterRecord(
        interface: IPLogName("eth0"), flags: IPLogFlags.pass, headerLength: 56, bodyLength: 0, direction: 0, family: 2)
    for writing in IPLogWriting.allCases {
        var buffer = ByteBuffer(capacity: 1024)
        buffer.append(0)
        buffer.append(40)
        for _ in 0..<3 { buffer.append(header, record, packet: packet.span.bytes, writing) }
        let seed = buffer.bytes.withUnsafeBytes { [UInt8]($0) }
        FuzzDriver.write(seed, to: "\(folder)/packets-\(writing.name)")
    }
}
