import Primitives

/// One option of a pcapng block: its code, and where in the window its value is.
struct PcapngOption {
    var code: UInt16
    var value: Range<Int>

    static let end: UInt16 = 0
    static let comment: UInt16 = 1
}

/// Goes through the options of a block.
struct PcapngOptions {
    private var place: Int
    private let end: Int
    private let order: ByteOrder
    /// The code of an option that claims more bytes than are left; the options end before it.
    private(set) var broken: UInt16?

    init(_ range: Range<Int>, order: ByteOrder) {
        place = range.lowerBound
        end = range.upperBound
        self.order = order
    }

    /// The next option; nil behind the last, and at a broken one.
    mutating func next(in window: RawSpan) -> PcapngOption? {
        guard end - place >= 4 else { return nil }
        let code = window.load16(at: place, order)
        let length = Int(window.load16(at: place + 2, order))
        guard code != PcapngOption.end else { return nil }
        guard length <= end - place - 4 else {
            broken = code
            return nil
        }
        let value = place + 4..<place + 4 + length
        place = min(end, value.upperBound + (-length & 3))
        return PcapngOption(code: code, value: value)
    }
}

extension RawSpan {
    /// The bytes of `range` as text, at most `limit` bytes of it; ends before a zero byte, and what is not
    /// UTF-8 becomes U+FFFD.
    func text(_ range: Range<Int>, limit: Int = 4_096) -> String {
        var bytes: [UInt8] = []
        for place in range.prefix(limit) {
            let next = byte(at: place)
            if next == 0 { break }
            bytes.append(next)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A copy of the bytes of `range`.
    func array(_ range: Range<Int>) -> [UInt8] {
        extracting(range).withUnsafeBytes { [UInt8]($0) }
    }
}
