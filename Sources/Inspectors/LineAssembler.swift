import Primitives

/// Lines out of the pieces that a stream comes in. Keeps the beginning of a line that is too long, and says so.
struct LineAssembler {
    /// Bytes of a line that are kept: RFC 959 knows no limit, no server takes more.
    /// - Limit: a line of FTP | bytes | the rest is passed over
    static let lineLimit = 4096

    /// The line as it was sent, without its end.
    private(set) var line: [UInt8] = []
    /// The line was longer than what is kept.
    private(set) var isCut = false
    /// What comes belongs to a line whose beginning is missing.
    private var isTorn = false
    private var isWhole = false

    /// Takes bytes from `place` on, up to the end of a line; true where there is one. Call it again for the next.
    mutating func take(_ bytes: RawSpan, from place: inout Int) -> Bool {
        if isWhole { begin() }
        let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: place)
        let stop = end ?? bytes.byteCount
        let room = LineAssembler.lineLimit - line.count
        for offset in place..<min(stop, place + room) { line.append(bytes.byte(at: offset)) }
        if stop - place > room { isCut = true }
        place = end.map { $0 + 1 } ?? stop
        guard end != nil else { return false }
        isWhole = true
        if isTorn {
            begin()
            return take(bytes, from: &place)
        }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return true
    }

    /// Bytes are missing: the line that they belong to is passed over.
    mutating func tear() {
        begin()
        isTorn = true
    }

    private mutating func begin() {
        line.removeAll(keepingCapacity: true)
        isCut = false
        isTorn = false
        isWhole = false
    }
}
