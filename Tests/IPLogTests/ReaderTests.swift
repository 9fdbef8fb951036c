import IPLog
import Primitives
import TestSupport
import Testing

@Suite("Reading logs")
struct ReaderTests {
    /// All steps of a reader over `bytes`, handed over in pieces that end at `cuts`.
    static func read(
        _ bytes: [UInt8], cuts: [Int] = [], unit: IPLogUnit = .filter, layout: IPLogLayout? = nil
    ) -> (records: [Range<Int64>], damage: [IPLogDamage], layout: IPLogLayout?) {
        var reader = IPLogReader(unit: unit, layout: layout)
        var records: [Range<Int64>] = []
        var damage: [IPLogDamage] = []
        var kept: [UInt8] = []
        var start = 0
        for end in cuts + [bytes.count] {
            kept += bytes[start..<end]
            start = end
            var at = 0
            steps: while true {
                switch reader.next(kept.span.bytes, at: at, isEnd: end == bytes.count) {
                case .record(let place):
                    records.append(reader.base + Int64(place.start)..<reader.base + Int64(place.end))
                    at = place.end
                case .other(let place):
                    at = place.end
                case .damage(let found, let resume):
                    damage.append(found)
                    at = resume
                case .more(let keep):
                    at = keep
                    break steps
                case .end:
                    break steps
                }
            }
            kept.removeFirst(min(at, kept.count))
            reader.base += Int64(at)
        }
        return (records, damage, reader.layout)
    }

    @Test("The layout is found out", arguments: IPLogLayout.allCases)
    func detection(_ layout: IPLogLayout) {
        let one: [UInt8]
        switch layout {
        case .v51, .v41:
            let writing: IPLogWriting = layout == .v51 ? .v51 : .v41
            one = SampleRecords.bytes {
                SampleRecords.append(to: &$0, as: writing)
            }
        case .v50:
            // 5.1 without its eight bytes more.
            let new = SampleRecords.bytes {
                SampleRecords.append(to: &$0)
            }
            var old = Array(new[..<8] + new[16...])
            old[24] = 160
            one = old
        default:
            one = SampleRecords.old(layout)
        }
        for count in [1, 2, 40] {
            let log = Array(repeatElement(one, count: count).joined())
            let result = Self.read(log)
            #expect(result.layout == layout)
            #expect(result.records.count == count && result.damage.isEmpty)
        }
    }

    @Test("Translations and states are found out too", arguments: IPLogWriting.allCases)
    func otherUnits(_ writing: IPLogWriting) {
        let translations = SampleRecords.bytes {
            for _ in 0..<3 { $0.append(SampleRecords.header, SampleRecords.translation, writing) }
        }
        let states = SampleRecords.bytes {
            for _ in 0..<3 { $0.append(SampleRecords.header, SampleRecords.state, writing) }
        }
        let first = Self.read(translations, unit: .translation)
        let second = Self.read(states, unit: .state)
        #expect(first.layout == writing.layout && first.records.count == 3 && first.damage.isEmpty)
        #expect(second.layout == writing.layout && second.records.count == 3 && second.damage.isEmpty)
    }

    @Test("A log cut at any place is read as its pieces")
    func cuts() {
        let log = SampleRecords.bytes { buffer in
            for number in 0..<6 {
                var record = SampleRecords.filter
                record.bodyLength = UInt16(number * 7)
                let packet = SampleRecords.packet + [UInt8](repeating: UInt8(number), count: number * 7)
                SampleRecords.append(to: &buffer, SampleRecords.header, record, packet: packet)
                buffer.append(SampleRecords.header, SampleRecords.translation)
            }
        }
        let whole = Self.read(log)
        #expect(whole.records.count == 6)
        for cut in 0...log.count {
            #expect(Self.read(log, cuts: [cut]).records == whole.records, "cut at \(cut)")
        }
        #expect(Self.read(log, cuts: Array(1..<log.count)).records == whole.records)
    }

    @Test("Damage at any byte of a header loses no other record")
    func damaged() {
        let one = SampleRecords.bytes {
            SampleRecords.append(to: &$0)
        }
        let log = Array(repeatElement(one, count: 8).joined())
        for place in [0, 1, 2, 3, 32, 33, 35, 39] {
            var bytes = log
            bytes[one.count * 3 + place] ^= 0xFF
            let result = Self.read(bytes)
            #expect(result.records.count >= 6, "byte \(place)")
            #expect(
                result.damage.allSatisfy { $0.offset >= Int64(one.count * 3) && $0.resumed <= Int64(one.count * 5) })
        }
    }

    @Test("Whatever stands there, reading comes to an end within the bytes")
    func random() {
        var generator = SeededGenerator(seed: 20_261_121)
        let one = SampleRecords.bytes {
            SampleRecords.append(to: &$0)
        }
        let log = Array(repeatElement(one, count: 20).joined())
        for _ in 0..<300 {
            var bytes = log
            for _ in 0..<Int.random(in: 1...40, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            let cuts = (0..<5).map { _ in Int.random(in: 0...bytes.count, using: &generator) }.sorted()
            let result = Self.read(bytes, cuts: cuts)
            #expect(result.records.allSatisfy { $0.upperBound <= Int64(bytes.count) })
            #expect(result.damage.allSatisfy { $0.offset <= $0.resumed && $0.resumed <= Int64(bytes.count) })
            var length = 0
            for record in result.records { length += record.count }
            for damage in result.damage { length += Int(damage.resumed - damage.offset) }
            #expect(length <= bytes.count)
        }
    }
}
