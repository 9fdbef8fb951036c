public import Primitives

/// A list of addresses, one entry a line: what `file:` of a group names. Block lists as they are published can be
/// used as they are: `#` and `;` begin a comment, blanks and empty lines are skipped, a line may end in CR LF.
public enum AddressFile {
    /// Bytes of a file at most, for those who read it.
    /// - Limit: a file of addresses | bytes | what was read before is kept, and said
    public static let longest = 256 << 20

    /// The entries of `bytes`, in their order; throws all lines that are none, up to `SettingsLimits.errors`.
    /// `file` is the name in messages.
    public static func parse(_ bytes: [UInt8], file: String) throws(SettingsErrors) -> [AddressRange] {
        let (ranges, errors) = entries(bytes, file: file)
        if let errors { throw errors }
        return ranges
    }

    /// The entries of `bytes`, and beside them the lines that are none.
    public static func entries(_ bytes: [UInt8], file: String) -> (ranges: [AddressRange], errors: SettingsErrors?) {
        unsafe entries(bytes.span.bytes, file: file)
    }

    private static func entries(_ bytes: RawSpan, file: String) -> (ranges: [AddressRange], errors: SettingsErrors?) {
        var faults = FaultList(file: file)
        var ranges: [AddressRange] = []
        var line = 0
        var offset = bytes.startsWithByteOrderMark ? 3 : 0
        while offset < bytes.byteCount {
            line += 1
            var end = offset
            var comment: Int?
            while end < bytes.byteCount {
                let byte = bytes.byte(at: end)
                if byte == UInt8(ascii: "\n") { break }
                if comment == nil, byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") { comment = end }
                end += 1
            }
            let entry = bytes.extracting(offset..<(comment ?? end)).trimmedLine
            if entry.byteCount > 0 {
                do throws(AddressRangeError) {
                    ranges.append(try AddressRange(parsing: entry))
                } catch {
                    let blanks = indentation(bytes, offset)
                    faults.add(at: SettingsPlace(line: line, column: blanks + 1), "\(shown(entry)) \(error)")
                }
            }
            offset = end + 1
        }
        return (ranges, faults.errors)
    }

    private static func indentation(_ bytes: RawSpan, _ start: Int) -> Int {
        var offset = start
        while offset < bytes.byteCount, bytes.byte(at: offset) == 0x20 || bytes.byte(at: offset) == 0x09 { offset += 1 }
        return offset - start
    }

    private static func shown(_ entry: RawSpan) -> String {
        let part = entry.extracting(..<min(entry.byteCount, 120))
        return unsafe part.withUnsafeBytes { unsafe quoted(String(decoding: $0, as: UTF8.self)) }
    }
}

extension RawSpan {
    fileprivate var startsWithByteOrderMark: Bool {
        byteCount >= 3 && byte(at: 0) == 0xEF && byte(at: 1) == 0xBB && byte(at: 2) == 0xBF
    }

    /// Without the CR before a line's end, and without blanks around it.
    fileprivate var trimmedLine: RawSpan {
        @_lifetime(copy self)
        get {
            let hasReturn = byteCount > 0 && byte(at: byteCount - 1) == UInt8(ascii: "\r")
            return (hasReturn ? extracting(..<(byteCount - 1)) : self).trimmed
        }
    }
}
