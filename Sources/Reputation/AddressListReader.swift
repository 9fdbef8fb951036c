import Primitives

extension AddressList {
    /// Reads a list in whichever format it is. Never fails: what is no entry is a fault with its line.
    public init(reading bytes: RawSpan) {
        self.init(format: AddressList.format(of: bytes))
        var number = 0
        var place = bytes.byteCount >= 3 && bytes.byte(at: 0) == 0xEF && bytes.byte(at: 1) == 0xBB ? 3 : 0
        while place < bytes.byteCount {
            number += 1
            let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: place) ?? bytes.byteCount
            let line = bytes.extracting(place..<end).trimmedBlanks
            place = end + 1
            guard line.byteCount > 0, !line.isComment else { continue }
            guard entries.count < AddressList.entryLimit else {
                complain(number, line, "more than \(AddressList.entryLimit) entries; the rest is passed over")
                return
            }
            read(line, number)
        }
    }

    private mutating func read(_ line: RawSpan, _ number: Int) {
        switch format {
        case .plain, .spamhausText: add(line.before(UInt8(ascii: ";")).before(UInt8(ascii: "#")), number)
        case .hosts, .reputation:
            add(line.before(UInt8(ascii: ",")).before(UInt8(ascii: " ")).before(UInt8(ascii: "\t")), number)
        case .ipset: readSet(line, number)
        case .spamhausJSON: readJSON(line, number)
        case .rules: readRule(line, number)
        }
    }

    mutating func add(_ text: RawSpan, _ number: Int, rule: Int32? = nil) {
        do throws(AddressRangeError) {
            entries.append(Entry(try AddressRange(parsing: text.trimmedBlanks), rule: rule))
        } catch {
            complain(number, text, "\(error)")
        }
    }

    /// `add NAME ENTRY ...`; what creates the set is no entry.
    private mutating func readSet(_ line: RawSpan, _ number: Int) {
        let words = line.words(limit: 4)
        guard words.count >= 3, line.extracting(words[0]).equals("add") else {
            if words.isEmpty || !line.extracting(words[0]).equals("create") {
                complain(number, line, "is neither \"add SET ADDRESS\" nor \"create\"")
            }
            return
        }
        add(line.extracting(words[2]).before(UInt8(ascii: ",")), number)
    }

    /// `{"cidr":"192.0.2.0/24","sblid":"SBL1"}`; the last line is about the list itself.
    private mutating func readJSON(_ line: RawSpan, _ number: Int) {
        guard let start = line.place(behind: "\"cidr\"") else {
            if line.place(behind: "\"metadata\"") == nil { complain(number, line, "has no \"cidr\"") }
            return
        }
        guard let opening = line.firstIndex(of: UInt8(ascii: "\""), from: start),
            let closing = line.firstIndex(of: UInt8(ascii: "\""), from: opening + 1)
        else { return complain(number, line, "has no text behind \"cidr\"") }
        add(line.extracting(opening + 1..<closing), number)
    }

    /// By the first line that is no comment.
    private static func format(of bytes: RawSpan) -> Format {
        var place = 0
        while place < bytes.byteCount {
            let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: place) ?? bytes.byteCount
            let line = bytes.extracting(place..<end).trimmedBlanks
            place = end + 1
            guard line.byteCount > 0, !line.isComment else { continue }
            return format(ofLine: line)
        }
        return .plain
    }

    private static func format(ofLine line: RawSpan) -> Format {
        if line.byte(at: 0) == UInt8(ascii: "{") { return .spamhausJSON }
        let words = line.words(limit: 4)
        let first = line.extracting(words[0])
        if ruleActions.contains(where: { first.equals($0) }) { return .rules }
        if first.equals("add") || first.equals("create") { return .ipset }
        if line.firstIndex(of: UInt8(ascii: ",")) != nil { return .reputation }
        if line.firstIndex(of: UInt8(ascii: ";")) != nil { return .spamhausText }
        if words.count >= 2, !line.extracting(words[1]).isComment, line.firstIndex(of: UInt8(ascii: "-")) == nil {
            return .hosts
        }
        return .plain
    }

    static let ruleActions: [StaticString] = ["alert", "drop", "reject", "block", "pass", "log", "sdrop"]
}

extension RawSpan {
    var isComment: Bool { byteCount > 0 && (byte(at: 0) == UInt8(ascii: "#") || byte(at: 0) == UInt8(ascii: ";")) }

    /// Without blanks, tabs and returns around it.
    var trimmedBlanks: RawSpan {
        @_lifetime(copy self)
        get {
            var start = 0
            var end = byteCount
            while start < end, byte(at: start) <= 32 { start += 1 }
            while end > start, byte(at: end - 1) <= 32 { end -= 1 }
            return extracting(start..<end)
        }
    }

    /// What stands before a byte; everything where it is not there.
    @_lifetime(copy self)
    func before(_ byte: UInt8) -> RawSpan {
        let end = firstIndex(of: byte) ?? byteCount
        return extracting(0..<end)
    }

    /// Where the first words stand, parted by blanks; at least one in a line that is not empty.
    func words(limit: Int) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var place = 0
        while place < byteCount, words.count < limit {
            while place < byteCount, byte(at: place) <= 32 { place += 1 }
            let start = place
            while place < byteCount, byte(at: place) > 32 { place += 1 }
            if place > start { words.append(start..<place) }
        }
        return words
    }

    func equals(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { buffer in
            for place in 0..<buffer.count where buffer[place] != byte(at: place) { return false }
            return true
        }
    }

    /// The place behind the first occurrence of a text; nil without one.
    func place(behind text: StaticString) -> Int? {
        let length = text.utf8CodeUnitCount
        guard length <= byteCount else { return nil }
        for start in 0...byteCount - length where extracting(start..<start + length).equals(text) {
            return start + length
        }
        return nil
    }
}
