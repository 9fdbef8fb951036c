import Primitives

extension ZoneRule {
    /// `std offset [dst [offset] [,start[/time],end[/time]]]` (POSIX.1 section 8.3). Without the rule of
    /// the days, those of the United States hold, as everywhere.
    init?(parsing text: RawSpan) {
        var reader = RuleReader(text)
        guard reader.readName(), let standard = reader.readOffset() else { return nil }
        self.standard = -standard
        if reader.isAtEnd { return }
        guard reader.readName() else { return nil }
        var offset = self.standard + 3600
        if !reader.isAtEnd, !reader.isAt(",") {
            guard let given = reader.readOffset() else { return nil }
            offset = -given
        }
        var start = Change(day: .weekday(month: 3, week: 2, day: 0), second: 7200)
        var end = Change(day: .weekday(month: 11, week: 1, day: 0), second: 7200)
        if !reader.isAtEnd {
            guard reader.read(","), let first = reader.readChange(), reader.read(","),
                let second = reader.readChange(), reader.isAtEnd
            else { return nil }
            start = first
            end = second
        }
        saving = Saving(offset: offset, start: start, end: end)
    }
}

private struct RuleReader: ~Escapable {
    private let text: RawSpan
    private var offset = 0

    @_lifetime(copy text)
    init(_ text: RawSpan) { self.text = text }

    var isAtEnd: Bool { offset == text.byteCount }

    func isAt(_ character: Unicode.Scalar) -> Bool { !isAtEnd && text.byte(at: offset) == UInt8(ascii: character) }

    @_lifetime(self: copy self)
    mutating func read(_ character: Unicode.Scalar) -> Bool {
        guard isAt(character) else { return false }
        offset += 1
        return true
    }

    /// Three letters or more, or anything but `>` in `<` and `>`.
    @_lifetime(self: copy self)
    mutating func readName() -> Bool {
        let start = offset
        if read("<") {
            while !isAtEnd, !isAt(">") { offset += 1 }
            return read(">") && offset - start >= 5
        }
        while !isAtEnd, 0x41...0x5A ~= text.byte(at: offset) & 0xDF { offset += 1 }
        return offset - start >= 3
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    @_lifetime(self: copy self)
    mutating func readOffset() -> Int? {
        let isNegative = isAt("-")
        if isNegative || isAt("+") { offset += 1 }
        guard let hours = readNumber(upTo: 167) else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] where read(":") {
            guard let part = readNumber(upTo: 59) else { return nil }
            seconds += part * unit
        }
        return isNegative ? -seconds : seconds
    }

    @_lifetime(self: copy self)
    mutating func readChange() -> ZoneRule.Change? {
        guard let day = readDay() else { return nil }
        var second = 7200
        if read("/") {
            guard let time = readOffset() else { return nil }
            second = time
        }
        return ZoneRule.Change(day: day, second: second)
    }

    @_lifetime(self: copy self)
    private mutating func readDay() -> ZoneRule.Change.Day? {
        if read("J") {
            guard let day = readNumber(upTo: 365), day >= 1 else { return nil }
            return .julian(day)
        }
        if read("M") {
            guard let month = readNumber(upTo: 12), month >= 1, read("."), let week = readNumber(upTo: 5), week >= 1,
                read("."), let day = readNumber(upTo: 6)
            else { return nil }
            return .weekday(month: month, week: week, day: day)
        }
        guard let day = readNumber(upTo: 365) else { return nil }
        return .ordinal(day)
    }

    @_lifetime(self: copy self)
    private mutating func readNumber(upTo most: Int) -> Int? {
        let start = offset
        var number = 0
        while !isAtEnd, 0x30...0x39 ~= text.byte(at: offset) {
            number = number * 10 + Int(text.byte(at: offset) - 0x30)
            guard number <= most else { return nil }
            offset += 1
        }
        return offset > start ? number : nil
    }
}
