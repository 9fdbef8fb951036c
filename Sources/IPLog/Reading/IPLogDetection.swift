import Primitives

/// Finds out a log's layout from its first records.
///
/// A layout fits where the first record is one beyond doubt; of those that fit, the one whose records follow each
/// other longest is taken. 4.1 and 5.0 differ in two bytes that 4.1 leaves unset: 5.0 fits only where they say what the
/// packet's version says.
enum IPLogDetection {
    enum Answer: Hashable {
        case found(IPLogLayout)
        case more
        case none
    }

    /// Records that are followed at most.
    private static let longestChain = 16
    /// Where two layouts fit alike, the one that stands first.
    private static let preference: [IPLogLayout] = [
        .v51, .v41, .v50, .v34, .v340, .v32, .manualPage, .manualPageLongNames,
    ]

    static func layout(of bytes: RawSpan, at start: Int, unit: IPLogUnit, isEnd: Bool) -> Answer {
        var best: (layout: IPLogLayout, score: Int)?
        var waits = false
        for layout in preference {
            switch score(layout, bytes, at: start, unit, isEnd: isEnd) {
            case nil: waits = true
            case let score? where score > best?.score ?? 0: best = (layout, score)
            default: break
            }
        }
        if let best { return .found(best.layout) }
        return waits && !isEnd ? .more : .none
    }

    /// How many records stand one behind the other, those with exact lengths counting double; nil where the first is
    /// not there as a whole.
    private static func score(
        _ layout: IPLogLayout, _ bytes: RawSpan, at start: Int, _ unit: IPLogUnit, isEnd: Bool
    ) -> Int? {
        var place = start
        var score = 0
        for _ in 0..<longestChain {
            if place == bytes.byteCount, score > 0 { break }
            switch layout.beginsRecord(bytes, at: place, unit, isEnd: isEnd) {
            case nil:
                return score > 0 ? score : nil
            case false?:
                // A log that breaks off here may be damaged further on; what stands before counts, but little.
                return score > 0 && bytes.byteCount - place < layout.headerSize ? score : score / 2
            case true?:
                break
            }
            let size = Int(truncatingIfNeeded: bytes.little64(at: place + layout.sizeOffset))
            guard size <= bytes.byteCount - place else {
                if score > 0 { return score }
                return isEnd ? (isExact(layout, bytes, at: place, size, unit) ? 1 : 0) : nil
            }
            guard isSensible(layout, bytes, at: place, unit) else { return score / 2 }
            score += isExact(layout, bytes, at: place, size, unit) ? 4 : 2
            // Two bytes that say what the packet does tell 5.0 from 4.1, where nobody set them.
            if layout == .v50, layout.owner(bytes, at: place, unit) == .filter { score += 1 }
            place += size
        }
        return score
    }

    private static func isExact(
        _ layout: IPLogLayout, _ bytes: RawSpan, at start: Int, _ size: Int, _ unit: IPLogUnit
    ) -> Bool {
        guard let owner = layout.owner(bytes, at: start, unit) else { return false }
        let stored = owner == .filter ? layout.storedBytes(bytes, at: start) : 0
        return layout.fixedSize(owner) + stored == size
    }

    /// What the size does not tell: the unset bytes of 4.1, and the missing magic of the manual page's.
    private static func isSensible(
        _ layout: IPLogLayout, _ bytes: RawSpan, at start: Int, _ unit: IPLogUnit
    ) -> Bool {
        switch layout {
        case .v50:
            guard layout.owner(bytes, at: start, unit) == .filter else { return true }
            let packet = start + layout.fixedSize(.filter)
            guard layout.storedBytes(bytes, at: start) > 0 else { return false }
            let family = bytes.byte(at: start + layout.headerSize + 63)
            return switch bytes.byte(at: packet) >> 4 {
            case 4: IPLogFamily(number: family) == .v4
            case 6: IPLogFamily(number: family) == .v6
            default: false
            }
        case .manualPage, .manualPageLongNames:
            guard bytes.little64(at: start + 32) == 0 else { return false }
            guard unit == .filter, layout.storedBytes(bytes, at: start) > 0 else { return unit != .filter }
            let version = bytes.byte(at: start + layout.fixedSize(.filter)) >> 4
            return version == 4 || version == 6
        case .v32, .v340, .v34, .v41, .v51:
            return true
        }
    }
}

/// The family of a packet's addresses.
public enum IPLogFamily: Hashable, Sendable {
    case v4, v6

    /// AF_INET is 2 on every system, AF_INET6 is 10 on Linux, 24 on NetBSD and OpenBSD, 26 on Solaris, 28 on FreeBSD,
    /// 30 on Darwin; nil for any other number.
    @inlinable
    public init?(number: UInt8) {
        switch number {
        case 2: self = .v4
        case 10, 24, 26, 28, 30: self = .v6
        default: return nil
        }
    }
}
