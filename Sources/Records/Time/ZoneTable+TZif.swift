import Primitives

/// Why bytes are no time zone.
public struct ZoneError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: String, Hashable, Sendable {
        case notTZif = "not a TZif file (RFC 8536): it does not begin with \"TZif\""
        case truncated = "the file ends before its tables do"
        case badType = "a transition names a local time type that is not there"
        case unsorted = "transitions are not in ascending order"
        case badOffset = "an offset from UTC is beyond 26 hours"
        case badRule = "the rule in the last line cannot be read"
        case tooLarge = "more than 100,000 transitions"
    }

    public var reason: Reason
    /// Where in the file, in bytes.
    public var offset: Int

    public var description: String { "time zone file, offset \(offset): \(reason.rawValue)" }
}

extension ZoneTable {
    static let mostTransitions = 100_000
    static let widestOffset = 26 * 3600

    /// The zone of a TZif file (RFC 8536), versions 1 to 4. Its leap seconds are passed over, as
    /// time stamps of captures do not count them.
    public init(parsing file: RawSpan) throws(ZoneError) {
        let small = try TZifBlock(file, at: 0, timeSize: 4)
        if small.version == 0 {
            self = try small.table(file, rule: nil)
            return
        }
        let block = try TZifBlock(file, at: small.end, timeSize: 8)
        self = try block.table(file, rule: ZoneTable.footer(file, at: block.end))
    }

    /// The rule between two newlines behind the tables; nil where there is none.
    private static func footer(_ file: RawSpan, at start: Int) throws(ZoneError) -> ZoneRule? {
        guard start < file.byteCount, file.byte(at: start) == UInt8(ascii: "\n") else { return nil }
        var end = start + 1
        while end < file.byteCount, file.byte(at: end) != UInt8(ascii: "\n") { end += 1 }
        if end == start + 1 { return nil }
        guard let rule = ZoneRule(parsing: file.extracting(start + 1..<end)) else {
            throw ZoneError(reason: .badRule, offset: start + 1)
        }
        return rule
    }
}

/// One of the two blocks of a TZif file: where its tables stand (RFC 8536 section 3).
private struct TZifBlock {
    let version: UInt8
    let timeSize: Int
    let transitionCount: Int
    let typeCount: Int
    let times: Int
    /// The first byte behind the block.
    let end: Int

    init(_ file: RawSpan, at start: Int, timeSize: Int) throws(ZoneError) {
        guard file.holds(44, at: start), file.big32(at: start) == 0x545A_6966 else {
            throw ZoneError(reason: .notTZif, offset: start)
        }
        func count(_ place: Int) -> Int { Int(file.big32(at: start + 20 + place * 4)) }
        version = file.byte(at: start + 4)
        self.timeSize = timeSize
        transitionCount = count(3)
        typeCount = count(4)
        times = start + 44
        guard transitionCount <= ZoneTable.mostTransitions else {
            throw ZoneError(reason: .tooLarge, offset: start + 32)
        }
        // Six counts below 2^32 of at most 12 bytes each: far from overflowing an Int.
        let size =
            transitionCount * (timeSize + 1) + typeCount * 6 + count(5) + count(2) * (timeSize + 4) + count(1)
            + count(0)
        guard typeCount > 0, file.holds(size, at: times) else {
            throw ZoneError(reason: .truncated, offset: file.byteCount)
        }
        end = times + size
    }

    func table(_ file: RawSpan, rule: ZoneRule?) throws(ZoneError) -> ZoneTable {
        let kinds = times + transitionCount * timeSize
        let types = kinds + transitionCount
        var transitions: [ZoneTable.Transition] = []
        transitions.reserveCapacity(transitionCount)
        for index in 0..<transitionCount {
            let place = times + index * timeSize
            let second =
                timeSize == 8
                ? Int64(bitPattern: file.big64(at: place)) : Int64(Int32(bitPattern: file.big32(at: place)))
            if let last = transitions.last, last.second >= second { throw ZoneError(reason: .unsorted, offset: place) }
            let type = Int(file.byte(at: kinds + index))
            guard type < typeCount else { throw ZoneError(reason: .badType, offset: kinds + index) }
            transitions.append(.init(second: second, offset: try offset(file, at: types + type * 6)))
        }
        return ZoneTable(transitions: transitions, first: try offset(file, at: types), rule: rule)
    }

    private func offset(_ file: RawSpan, at place: Int) throws(ZoneError) -> Int {
        let offset = Int(Int32(bitPattern: file.big32(at: place)))
        guard abs(offset) <= ZoneTable.widestOffset else { throw ZoneError(reason: .badOffset, offset: place) }
        return offset
    }
}
