extension BPFAssembler {
    mutating func emit(_ field: BPFField, ifTrue: Label, ifFalse: Label) {
        emit(field.code, field.offset)
        if field.shift > 0 { emit(BPFCode.shiftRight, field.shift) }
        if let mask = field.mask { emit(BPFCode.and, mask) }
        search(field.ranges[...], ifTrue: ifTrue, ifFalse: ifFalse)
    }

    /// Whether the accumulator lies in one of the ranges, by halving them.
    private mutating func search(_ ranges: ArraySlice<ClosedRange<UInt32>>, ifTrue: Label, ifFalse: Label) {
        halve(ranges, \.lowerBound, ifTrue: ifTrue, ifFalse: ifFalse) { assembler, range, ifTrue, ifFalse in
            assembler.inside(range, ifTrue: ifTrue, ifFalse: ifFalse)
        }
    }

    /// Searches elements, sorted by their lower ends and apart from each other, for the one that may hold the
    /// accumulator's value, and tests that.
    private mutating func halve<Element>(
        _ elements: ArraySlice<Element>, _ lower: (Element) -> UInt32, ifTrue: Label, ifFalse: Label,
        _ test: (inout BPFAssembler, Element, Label, Label) -> Void
    ) {
        if elements.count == 1, let element = elements.first { return test(&self, element, ifTrue, ifFalse) }
        // Some leaves share their way to targets that are far from all of them.
        let isIsland = 9...16 ~= elements.count
        let nearTrue = isIsland ? label() : ifTrue
        let nearFalse = isIsland ? label() : ifFalse
        let middle = elements.startIndex + elements.count / 2
        let above = label()
        let below = label()
        compare(BPFCode.jumpIfAtLeast, lower(elements[middle]), ifTrue: above, ifFalse: below)
        place(below)
        halve(elements[..<middle], lower, ifTrue: nearTrue, ifFalse: nearFalse, test)
        place(above)
        halve(elements[middle...], lower, ifTrue: nearTrue, ifFalse: nearFalse, test)
        guard isIsland else { return }
        place(nearTrue)
        jump(to: ifTrue)
        place(nearFalse)
        jump(to: ifFalse)
    }

    private mutating func inside(_ range: ClosedRange<UInt32>, ifTrue: Label, ifFalse: Label) {
        if range.count == 1 {
            return compare(BPFCode.jumpIfEqual, range.lowerBound, ifTrue: ifTrue, ifFalse: ifFalse)
        }
        if range.upperBound == .max {
            return compare(BPFCode.jumpIfAtLeast, range.lowerBound, ifTrue: ifTrue, ifFalse: ifFalse)
        }
        if range.lowerBound > 0 {
            let above = label()
            compare(BPFCode.jumpIfAtLeast, range.lowerBound, ifTrue: above, ifFalse: ifFalse)
            place(above)
        }
        compare(BPFCode.jumpIfAbove, range.upperBound, ifTrue: ifFalse, ifFalse: ifTrue)
    }

    // MARK: Addresses

    /// Values of an address's first word: such of which the whole rest is meant, and such of which a part is.
    private enum Segment {
        case whole(ClosedRange<UInt32>)
        case part(UInt32, [ClosedRange<UInt128>])

        var lower: UInt32 {
            switch self {
            case .whole(let range): range.lowerBound
            case .part(let value, _): value
            }
        }
    }

    /// Whether the `words` words at `offset` lie, as one number, in one of the ranges.
    mutating func emit(
        words: Int, at offset: UInt32, _ ranges: [ClosedRange<UInt128>], ifTrue: Label, ifFalse: Label
    ) {
        emit(BPFCode.loadWord, offset)
        search(Self.segments(ranges, words: words)[...], words: words, offset, ifTrue: ifTrue, ifFalse: ifFalse)
    }

    private mutating func search(
        _ segments: ArraySlice<Segment>, words: Int, _ offset: UInt32, ifTrue: Label, ifFalse: Label
    ) {
        halve(segments, \.lower, ifTrue: ifTrue, ifFalse: ifFalse) { assembler, segment, ifTrue, ifFalse in
            switch segment {
            case .whole(let range): assembler.inside(range, ifTrue: ifTrue, ifFalse: ifFalse)
            case .part(let value, let rest):
                let equal = assembler.label()
                assembler.compare(BPFCode.jumpIfEqual, value, ifTrue: equal, ifFalse: ifFalse)
                assembler.place(equal)
                assembler.emit(words: words - 1, at: offset &+ 4, rest, ifTrue: ifTrue, ifFalse: ifFalse)
            }
        }
    }

    private static func segments(_ ranges: [ClosedRange<UInt128>], words: Int) -> [Segment] {
        let bits = UInt128(32 * (words - 1))
        let most = (UInt128(1) << bits) - 1
        var result: [Segment] = []
        for range in ranges {
            var first = UInt32(truncatingIfNeeded: range.lowerBound >> bits)
            var last = UInt32(truncatingIfNeeded: range.upperBound >> bits)
            let low = range.lowerBound & most
            let high = range.upperBound & most
            guard first < last else {
                if low == 0, high == most { result.append(.whole(first...first)) } else { add(first, low...high) }
                continue
            }
            if low > 0 {
                add(first, low...most)
                first += 1
            }
            let tail = high < most
            if tail { last -= 1 }
            if first <= last { result.append(.whole(first...last)) }
            if tail { add(last + 1, 0...high) }
        }
        return result

        func add(_ value: UInt32, _ rest: ClosedRange<UInt128>) {
            if case .part(value, let others)? = result.last {
                result[result.count - 1] = .part(value, others + [rest])
            } else {
                result.append(.part(value, [rest]))
            }
        }
    }
}
