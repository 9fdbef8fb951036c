import Primitives

/// Finds the records in the bytes of one unit's log, piece by piece, and its way back after bytes that are none.
///
/// Holds no bytes: the caller keeps those from `at` on and comes again with more of them. One record is found with a
/// few loads; nothing is allocated.
public struct IPLogReader: Sendable {
    /// Whose records are looked for; those of other units are stepped over.
    public let unit: IPLogUnit
    /// How records stand: what was named, or was found out.
    public private(set) var layout: IPLogLayout?
    /// The place in the log of the first of the bytes that the caller hands over.
    public var base: Int64 = 0
    /// Damage whose end was not found yet.
    private var open: (reason: IPLogDamage.Reason, start: Int64)?

    /// Where a record stands in the caller's bytes.
    public struct Place: Hashable, Sendable {
        /// Its first byte.
        public var start: Int
        /// The first byte behind it.
        public var end: Int

        @inlinable
        public init(start: Int, end: Int) {
            self.start = start
            self.end = end
        }
    }

    /// What comes next.
    public enum Step: Hashable, Sendable {
        /// A record of the unit, whole and with lengths that fit; go on at its end.
        case record(Place)
        /// A record of another unit; go on at its end.
        case other(Place)
        /// Bytes that are no record ended at `resume`; go on there.
        case damage(IPLogDamage, resume: Int)
        /// The bytes from `keep` on are not enough to tell: come again with more.
        case more(keep: Int)
        /// The log is at its end, and whole.
        case end
    }

    /// A reader of one unit's log; without a layout it is found out from the first records.
    public init(unit: IPLogUnit, layout: IPLogLayout? = nil) {
        self.unit = unit
        self.layout = layout
    }

    /// The step at `start`. `isEnd` says that no byte follows those given.
    @inline(__always)
    public mutating func next(_ bytes: RawSpan, at start: Int, isEnd: Bool) -> Step {
        if let layout, open == nil, bytes.byteCount &- start >= layout.headerSize {
            let size = bytes.little64(at: start &+ layout.sizeOffset)
            if size <= UInt64(bytes.byteCount &- start) {
                let place = Place(start: start, end: start &+ Int(truncatingIfNeeded: size))
                if layout.holdsRecord(bytes, place, unit) { return .record(place) }
            }
        }
        return rareStep(bytes, at: start, isEnd: isEnd)
    }

    /// Whatever is not a whole record of this unit.
    @inline(never)
    private mutating func rareStep(_ bytes: RawSpan, at start: Int, isEnd: Bool) -> Step {
        if open != nil { return seek(bytes, from: start, isEnd: isEnd) }
        if start >= bytes.byteCount { return isEnd ? .end : .more(keep: start) }
        if layout == nil {
            switch IPLogDetection.layout(of: bytes, at: start, unit: unit, isEnd: isEnd) {
            case .found(let found):
                layout = found
            case .more:
                return .more(keep: start)
            case .none:
                open = (.unknownLayout, base + Int64(start))
                return seek(bytes, from: start + 1, isEnd: isEnd)
            }
        }
        guard let layout else { return .more(keep: start) }
        return step(bytes, at: start, isEnd: isEnd, layout)
    }

    private mutating func step(_ bytes: RawSpan, at start: Int, isEnd: Bool, _ layout: IPLogLayout) -> Step {
        let have = bytes.byteCount - start
        guard have >= layout.headerSize else {
            return isEnd ? cut(bytes, at: start, need: layout.headerSize) : .more(keep: start)
        }
        let owner = layout.owner(bytes, at: start, unit)
        let size = bytes.little64(at: start + layout.sizeOffset)
        let least = owner.map { layout.fixedSize($0) } ?? layout.headerSize
        if size < UInt64(least) { return refuse(.tooSmall(size: size, least: least), bytes, at: start, isEnd) }
        let most = layout.longestRecord
        if size > UInt64(most) { return refuse(.tooLarge(size: size, most: most), bytes, at: start, isEnd) }
        let place = Place(start: start, end: start + Int(size))
        guard have >= place.end - start else {
            return isEnd ? cut(bytes, at: start, need: Int(size)) : .more(keep: start)
        }
        guard let owner else { return foreign(bytes, place, isEnd, layout) }
        if owner == .filter {
            let stored = layout.storedBytes(bytes, at: start)
            let room = Int(size) - least
            if stored > room { return refuse(.lengthsExceed(stored: stored, room: room), bytes, at: start, isEnd) }
            // Bytes that the lengths do not count are the packet's, where these were too large for their fields; a
            // record among them says that the size is a lie.
            let next = place.start + least + stored
            if stored < room, layout.beginsRecord(bytes, at: next, unit, isEnd: true) == true {
                return refuse(.lengthsExceed(stored: stored, room: room), bytes, at: start, isEnd)
            }
        }
        return owner == unit ? .record(place) : .other(place)
    }

    /// A header without a magic that we know is stepped over as the original does, if a record, or the end of the
    /// log, follows where it says.
    private mutating func foreign(_ bytes: RawSpan, _ place: Place, _ isEnd: Bool, _ layout: IPLogLayout) -> Step {
        let rest = bytes.byteCount - place.end
        if rest < layout.headerSize { return isEnd ? .other(place) : .more(keep: place.start) }
        if layout.owner(bytes, at: place.end, unit) != nil { return .other(place) }
        return refuse(.wrongMagic(found: bytes.little32(at: place.start)), bytes, at: place.start, isEnd)
    }

    private mutating func refuse(
        _ reason: IPLogDamage.Reason, _ bytes: RawSpan, at start: Int, _ isEnd: Bool
    ) -> Step {
        open = (reason, base + Int64(start))
        return seek(bytes, from: start + 1, isEnd: isEnd)
    }

    /// The log is over, or the size was too large: then there are records behind.
    private mutating func cut(_ bytes: RawSpan, at start: Int, need: Int) -> Step {
        refuse(.cut(have: bytes.byteCount - start, need: need), bytes, at: start, true)
    }

    /// Looks for the next place from which a record can be read.
    private mutating func seek(_ bytes: RawSpan, from start: Int, isEnd: Bool) -> Step {
        var place = start
        while place < bytes.byteCount {
            switch isBeginning(bytes, at: place, isEnd: isEnd) {
            case true?: return resume(at: place)
            case nil: return .more(keep: place)
            case false?: place += 1
            }
        }
        return isEnd && open != nil ? resume(at: max(place, bytes.byteCount)) : .more(keep: place)
    }

    private mutating func resume(at place: Int) -> Step {
        guard let damage = open else { return .more(keep: place) }
        open = nil
        return .damage(
            IPLogDamage(reason: damage.reason, offset: damage.start, resumed: base + Int64(place)), resume: place)
    }

    /// Whether a record begins at `start` beyond doubt; nil where more bytes must come first.
    private func isBeginning(_ bytes: RawSpan, at start: Int, isEnd: Bool) -> Bool? {
        if let layout { return layout.beginsRecord(bytes, at: start, unit, isEnd: isEnd) }
        return switch IPLogDetection.layout(of: bytes, at: start, unit: unit, isEnd: isEnd) {
        case .found: true
        case .more: nil
        case .none: false
        }
    }
}
