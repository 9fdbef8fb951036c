import Primitives

// What must hold of a record's bytes before anything is read from them.

extension IPLogLayout {
    /// Whose record begins at `start`, where a header's bytes must be; nil where its magic is no unit's. Layouts whose
    /// records do not tell are all of the unit that is read.
    @inline(__always)
    func owner(_ bytes: RawSpan, at start: Int, _ unit: IPLogUnit) -> IPLogUnit? {
        guard hasMagic else { return unit }
        let magic = bytes.little32(at: start)
        if hasUnitMagic { return IPLogUnit(magic: magic) }
        guard magic == IPLogUnit.filter.magic else { return nil }
        return self != .v32 || bytes.little32(at: start &+ 4) == 0 ? unit : nil
    }

    /// Whether the bytes of `place`, which are there, are a record of `unit` whose lengths add up.
    @inline(__always)
    func holdsRecord(_ bytes: RawSpan, _ place: IPLogReader.Place, _ unit: IPLogUnit) -> Bool {
        let size = place.end &- place.start
        guard size >= fixedSize(unit), size <= longestRecord, owner(bytes, at: place.start, unit) == unit else {
            return false
        }
        return unit != .filter || storedBytes(bytes, at: place.start) == size &- fixedSize(.filter)
    }

    /// How many bytes of a packet the record at `start` says that it holds; its fixed part must be there.
    @inline(__always)
    func storedBytes(_ bytes: RawSpan, at start: Int) -> Int {
        let body = start &+ headerSize
        switch self {
        case .v41, .v50, .v51:
            return Int(bytes.little16(at: body &+ 40)) &+ Int(bytes.byte(at: body &+ 60))
        case .v34:
            return Int(bytes.byte(at: body &+ 20)) &+ Int(bytes.byte(at: body &+ 21))
        case .manualPageLongNames:
            return Int(bytes.byte(at: body &+ 16)) &+ Int(bytes.byte(at: body &+ 17))
        case .manualPage, .v32, .v340:
            return Int(bytes.byte(at: body &+ 8)) &+ Int(bytes.byte(at: body &+ 9))
        }
    }

    /// Whether a record begins at `start` beyond doubt: its magic, its size and its time are such as writers make.
    /// nil where more bytes must come first.
    func beginsRecord(_ bytes: RawSpan, at start: Int, _ unit: IPLogUnit, isEnd: Bool) -> Bool? {
        guard bytes.byteCount - start >= headerSize else {
            if isEnd { return false }
            guard hasMagic, bytes.byteCount - start >= 4 else { return nil }
            return owner32(bytes.little32(at: start)) ? nil : false
        }
        guard let owner = owner(bytes, at: start, unit) else { return false }
        let header = IPLogHeader(bytes, at: start, self)
        let size = bytes.little64(at: start + sizeOffset)
        guard size >= UInt64(fixedSize(owner)), size <= UInt64(longestRecord), header.isPlausible else { return false }
        if owner != .filter { return size == UInt64(fixedSize(owner)) }
        guard bytes.byteCount - start >= fixedSize(.filter) else { return isEnd ? false : nil }
        return storedBytes(bytes, at: start) <= Int(size) - fixedSize(.filter)
    }

    private func owner32(_ magic: UInt32) -> Bool {
        hasUnitMagic ? IPLogUnit(magic: magic) != nil : magic == IPLogUnit.filter.magic
    }
}

extension IPLogHeader {
    /// Whether a writer could have made it: it counts something, and its time has a fraction of a second.
    var isPlausible: Bool { count > 0 && 0..<1_000_000 ~= microseconds && 0..<(1 << 34) ~= seconds }
}
