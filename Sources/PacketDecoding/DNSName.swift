import Primitives

/// A domain name taken out of a message: labels in lower case with dots between them, none at the end.
///
/// Only printable ASCII is a name here (RFC 1123; other scripts are written in ASCII, RFC 5890): what stands in a
/// log line shall be what an administrator can type.
struct DNSName {
    static let longest = 255

    private(set) var text = InlineArray<256, UInt8>(repeating: 0)
    private(set) var count = 0
    /// Whether it is a name: not the root, and without a byte that names do not have.
    private(set) var isPlain = true

    /// Reads the name that begins at `start` of the message in `message`; gives the offset behind it, or nil where
    /// the name is broken. Every pointer must lead to before the place where it was found, and a name has an end:
    /// no loop is possible.
    mutating func read(_ bytes: RawSpan, in message: Range<Int>, at start: Int) -> Int? {
        count = 0
        isPlain = true
        var offset = start
        var behind: Int?
        // Where the run of labels began that is being read.
        var run = start
        while true {
            guard message.contains(offset) else { return nil }
            let length = Int(bytes.byte(at: offset))
            switch length >> 6 {
            case 0 where length == 0:
                if count == 0 { isPlain = false }
                return behind ?? offset + 1
            case 0:
                guard message.upperBound - offset > length else { return nil }
                guard append(bytes, offset + 1..<offset + 1 + length) else { return nil }
                offset += 1 + length
            case 3:
                guard message.upperBound - offset >= 2 else { return nil }
                let target = message.lowerBound + Int(bytes.big16(at: offset) & 0x3FFF)
                guard target < run else { return nil }
                behind = behind ?? offset + 2
                offset = target
                run = target
            default: return nil
            }
        }
    }

    /// Takes a name as text, without a dot at its end; false where it is none.
    mutating func read(text: RawSpan) -> Bool {
        count = 0
        isPlain = true
        guard 1...DNSName.longest ~= text.byteCount else { return false }
        for offset in 0..<text.byteCount {
            var byte = text.byte(at: offset)
            if UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte { byte |= 0x20 }
            if byte <= 0x20 || byte >= 0x7F { return false }
            self.text[count] = byte
            count += 1
        }
        return true
    }

    private mutating func append(_ bytes: RawSpan, _ label: Range<Int>) -> Bool {
        guard count + label.count + 1 <= DNSName.longest else { return false }
        if count > 0 {
            text[count] = UInt8(ascii: ".")
            count += 1
        }
        for offset in label {
            var byte = bytes.byte(at: offset)
            if UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte { byte |= 0x20 }
            if byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: ".") { isPlain = false }
            text[count] = byte
            count += 1
        }
        return true
    }

    /// A hash that is equal for equal names.
    func hash(_ hash: SeededHash) -> UInt64 {
        var result = hash.adding(UInt64(count), to: hash.initial)
        var word: UInt64 = 0
        for index in 0..<count {
            word = word << 8 | UInt64(text[index])
            if index & 7 == 7 {
                result = hash.adding(word, to: result)
                word = 0
            }
        }
        return hash.adding(word, to: result)
    }
}
