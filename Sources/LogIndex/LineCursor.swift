import Primitives

/// Walks over a line's bytes, which travel beside it. What does not fit leaves it where it was.
struct LineCursor {
    var offset = 0
    var end: Int

    init(_ line: RawSpan) { end = line.byteCount }

    var isAtEnd: Bool { offset == end }

    /// Passes over `text` if it stands here.
    mutating func take(_ text: StaticString, _ line: RawSpan) -> Bool {
        let found = stands(text, line, at: offset)
        if found { offset += text.utf8CodeUnitCount }
        return found
    }

    private func stands(_ text: StaticString, _ line: RawSpan, at place: Int) -> Bool {
        guard text.utf8CodeUnitCount <= end - place else { return false }
        return text.withUTF8Buffer { bytes in
            for index in bytes.indices where bytes[index] != line.byte(at: place + index) { return false }
            return true
        }
    }

    /// A decimal number without sign, at most `most`.
    mutating func number(_ line: RawSpan, upTo most: UInt64 = UInt64(UInt32.max)) -> UInt64? {
        var number: UInt64 = 0
        var place = offset
        while place < end, case let digit = line.byte(at: place), digit >= 0x30, digit <= 0x39 {
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt64(digit - 0x30))
            guard !overflow, !carried, sum <= most else { return nil }
            number = sum
            place += 1
        }
        guard place > offset else { return nil }
        offset = place
        return number
    }

    /// The bytes up to `text`, and passes over both; nil where it does not come.
    mutating func upTo(_ text: StaticString, _ line: RawSpan) -> Range<Int>? {
        var place = offset
        while place <= end - text.utf8CodeUnitCount {
            if stands(text, line, at: place) {
                let found = offset..<place
                offset = place + text.utf8CodeUnitCount
                return found
            }
            place += 1
        }
        return nil
    }

    /// Where the last `text` begins that stands before the end.
    func last(_ text: StaticString, _ line: RawSpan) -> Int? {
        var place = end - text.utf8CodeUnitCount
        while place >= offset {
            if stands(text, line, at: place) { return place }
            place -= 1
        }
        return nil
    }
}
