import Primitives
import TestSupport
import Testing

/// The twin of every number is what the standard library prints.
struct ByteBufferTextTests {
    @Test func `decimal numbers, at the borders of every length and at random`() {
        var numbers: [UInt64] = [0, 1, UInt64(UInt32.max), UInt64(UInt32.max) + 1, .max, UInt64(Int64.max)]
        var power: UInt64 = 1
        for _ in 0..<20 {
            numbers += [power &- 1, power, power &+ 1]
            power &*= 10
        }
        var generator = SeededGenerator(seed: 0xDEC)
        for _ in 0..<20_000 { numbers.append(generator.next() >> UInt64.random(in: 0...63, using: &generator)) }
        for number in numbers {
            #expect(text { $0.append(decimal: number) } == String(number), "seed 0xDEC")
            let small = UInt32(truncatingIfNeeded: number)
            #expect(text { $0.append(decimal: small) } == String(small), "seed 0xDEC")
            let signed = Int(truncatingIfNeeded: number)
            #expect(text { $0.append(decimal: signed) } == String(signed), "seed 0xDEC")
        }
        #expect(text { $0.append(decimal: Int.min) } == String(Int.min))
    }

    @Test func `padded and hexadecimal numbers`() {
        var generator = SeededGenerator(seed: 0xAD)
        for _ in 0..<5000 {
            let number = UInt32.random(in: 0...UInt32.max, using: &generator)
            for digits in 1...9 {
                let wanted = String(String(repeating: "0", count: 10) + String(number)).suffix(digits)
                #expect(text { $0.append(padded: number, digits: digits) } == wanted, "seed 0xAD")
            }
            let wide = generator.next()
            let wanted = String(String(repeating: "0", count: 16) + String(wide, radix: 16))
            for digits in 1...16 {
                #expect(text { $0.append(hex: wide, digits: digits) } == wanted.suffix(digits), "seed 0xAD")
            }
        }
        for number: UInt32 in 0..<100 {
            #expect(text { $0.append(twoDigits: number) } == (number < 10 ? "0" : "") + String(number))
        }
    }

    @Test func `text goes in whole, whatever the room`() {
        for count in 0...16 {
            let word = String("abcdefghijklmnop".prefix(count))
            for before in 60...64 {
                let start = String(repeating: "x", count: before)
                let appended = text {
                    $0.append(start)
                    $0.append(ShortText(word.utf8))
                    $0.append("end")
                }
                #expect(appended == start + word + "end")
            }
        }
    }

    @Test func `the calendar is the standard one`() {
        // 400 years are a whole cycle; every day of them follows the one before.
        var date = CivilDate(year: 1600, month: 2, day: 28)
        let first = date.daysSince1970
        for days in first..<first + 146_100 {
            #expect(CivilDate(daysSince1970: days) == date)
            #expect(date.daysSince1970 == days)
            date.day += 1
            if date.day > CivilDate.daysIn(month: date.month, of: date.year) {
                date.day = 1
                date.month += 1
            }
            if date.month > 12 {
                date.month = 1
                date.year += 1
            }
        }
        #expect(CivilDate(daysSince1970: 0) == CivilDate(year: 1970, month: 1, day: 1))
        #expect(CivilDate(year: 1970, month: 1, day: 1).weekday == 4)
        #expect(CivilDate(year: 2026, month: 11, day: 21).weekday == 6)
        #expect(CivilDate(year: 1900, month: 1, day: 1).weekday == 1)
    }

    private func text(_ write: (inout ByteBuffer) -> Void) -> String { String(appending: write) }
}
