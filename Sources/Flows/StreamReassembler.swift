import Primitives

/// Puts the segments of TCP conversations back into streams. The first copy of a byte wins; a later, different one is
/// an event. What is handed on is told as events that borrow the packet's bytes, or bytes that waited.
///
/// Holds the bytes of all conversations and nothing else of them: the halves are the table's. A steady state
/// allocates nothing.
struct StreamReassembler: ~Copyable {
    private(set) var counters = StreamCounters()
    /// What the last segment made known, in the order of each stream.
    private(set) var events: [StreamEvent] = []
    private var store: RunStore
    private let limits: StreamLimits

    init(_ limits: StreamLimits) {
        self.limits = limits
        store = RunStore(limit: limits.memory)
        events.reserveCapacity(64)
    }

    /// Bytes that are held now.
    var heldBytes: Int { store.taken * BlockPool.blockSize }

    /// The bytes of an event, good until the next segment is taken. `packet` is the one that brought it.
    @_lifetime(borrow self, copy packet)
    func bytes(of event: StreamEvent, in packet: RawSpan) -> RawSpan {
        switch event.place {
        case .none: packet.extracting(0..<0)
        case .packet(let offset): packet.extracting(Int(offset)..<Int(offset) + event.length)
        case .block(let block, let offset): store.bytes(of: block, from: Int(offset), count: event.length)
        }
    }

    /// Another packet comes: what the last one made known is forgotten.
    mutating func begin() { events.removeAll(keepingCapacity: true) }

    /// Takes one segment of the conversation whose halves these are: `own` is the sender's.
    mutating func take(
        _ segment: TCPSegment, _ bytes: RawSpan, from direction: StreamDirection,
        own: inout StreamHalf, other: inout StreamHalf
    ) {
        trim(&own)
        trim(&other)
        guard place(segment, &own, &other) else { return }
        let isFirst = segment.has(TCPSegment.syn)
        let start = isFirst ? own.offset(of: segment.sequence &+ 1) : own.offset(of: segment.sequence)
        if segment.has(TCPSegment.rst) { return tearDown(segment, at: start, direction, &own, &other) }
        if segment.has(TCPSegment.ack) { acknowledge(segment, direction.opposite, &other, own) }
        if !segment.payload.isEmpty { takePayload(segment.payload, bytes, at: start, direction, &own) }
        if segment.has(TCPSegment.fin), own.finish == .max, start >= 0 {
            let end = UInt64(start) + UInt64(segment.length)
            if end >= own.delivered { own.finish = end }
        }
        finish(&own, direction)
    }

    /// Gives back all that is held of a conversation.
    mutating func forget(_ half: inout StreamHalf) { store.releaseAll(of: &half.runs) }

    /// Nothing more of this direction is wanted.
    mutating func passOver(_ half: inout StreamHalf) {
        half.marks.insert(.isPassedOver)
        forget(&half)
    }

    /// Takes back what nobody will ask for again: the receiver has it, or it is more than is kept.
    private mutating func trim(_ half: inout StreamHalf) {
        var border = min(half.acknowledged, half.delivered)
        if half.delivered - border > limits.kept {
            let kept = half.delivered - limits.kept
            counters.keptLimitHits += kept - min(kept, max(border, half.lowest))
            border = kept
        }
        guard border > half.lowest else { return }
        half.lowest = border
        store.release(before: border, from: &half.runs)
    }

    /// Finds the place of both streams where it is not known yet. False where the segment says nothing of them.
    private mutating func place(
        _ segment: TCPSegment, _ own: inout StreamHalf, _ other: inout StreamHalf
    ) -> Bool {
        if segment.has(TCPSegment.rst) { return own.marks.contains(.isPlaced) || other.marks.contains(.isPlaced) }
        if !own.marks.contains(.isPlaced) {
            if segment.has(TCPSegment.syn) {
                own.place(at: segment.sequence &+ 1)
                own.windowShift = segment.windowShift ?? 0
                if segment.windowShift != nil { own.marks.insert(.scalesWindows) }
            } else {
                guard limits.picksUpMidStream else { return false }
                own.place(at: segment.sequence)
                own.marks.formUnion([.isMidStream, .scalesWindows])
            }
        }
        if segment.has(TCPSegment.ack), !other.marks.contains(.isPlaced) {
            guard limits.picksUpMidStream else { return false }
            other.place(at: segment.acknowledgement)
            other.marks.formUnion([.isMidStream, .scalesWindows])
        }
        return true
    }

    /// The sender of `segment` says what it has of `half`, which goes `direction`, and how much more it takes.
    private mutating func acknowledge(
        _ segment: TCPSegment, _ direction: StreamDirection, _ half: inout StreamHalf, _ sender: StreamHalf
    ) {
        let place = half.offset(of: segment.acknowledgement)
        guard place >= 0 else { return }
        half.acknowledged = max(half.acknowledged, UInt64(place))
        // The window of a SYN is never shifted, and shifts hold where both sides sent the option (RFC 7323).
        let isScaled = half.marks.contains(.scalesWindows) && sender.marks.contains(.scalesWindows)
        let shift = isScaled && !segment.has(TCPSegment.syn) ? sender.windowShift : 0
        half.edge = max(half.edge, UInt64(place) + UInt64(segment.window) << UInt64(shift))
        passHoles(&half, direction)
        finish(&half, direction)
    }

    private mutating func takePayload(
        _ payload: Range<Int>, _ bytes: RawSpan, at start: Int64, _ direction: StreamDirection, _ half: inout StreamHalf
    ) {
        counters.segments += 1
        guard half.marks.isDisjoint(with: [.isOver, .isPassedOver]) else { return }
        let count = Int64(payload.count)
        guard start + count > Int64(half.lowest) else {
            counters.retransmitted += 1
            counters.unverified += 1
            return
        }
        guard start >= 0, isWithin(half, start) else {
            counters.outOfWindow += 1
            return
        }
        // Bytes that are not held any more cannot be compared; what is behind them can.
        let skipped = max(0, Int(half.lowest) - Int(start))
        let place = UInt64(start) + UInt64(skipped)
        let part = payload.lowerBound + skipped..<payload.upperBound
        if place == half.delivered, half.runs.isEmpty || store.end(of: half.runs.last) <= place {
            handOn(part, bytes, direction, &half)
        } else {
            takeOutOfOrder(part, bytes, at: place, direction, &half)
        }
        limitDepth(&half)
    }

    /// Whether a receiver would take a byte there. One that has said nothing yet takes what a first window may be.
    private func isWithin(_ half: StreamHalf, _ start: Int64) -> Bool {
        if half.edge == 0 { return start - Int64(half.delivered) <= Int64(limits.waiting) }
        return start <= Int64(max(half.edge, half.delivered)) && UInt64(start) < half.finish
    }

    /// The next bytes of a stream of which nothing waits: handed on as they are, and kept to be compared.
    private mutating func handOn(
        _ part: Range<Int>, _ bytes: RawSpan, _ direction: StreamDirection, _ half: inout StreamHalf
    ) {
        tell(.data, direction, at: half.delivered, part.count, .packet(Int32(part.lowerBound)))
        let kept = store.insert(
            bytes.extracting(part), at: half.delivered, into: &half.runs, blockLimit: limits.blocks)
        half.delivered += UInt64(part.count)
        counters.delivered += UInt64(part.count)
        if kept.isRefused {
            counters.memoryLimitHits += 1
            store.releaseAll(of: &half.runs)
            half.lowest = half.delivered
        }
    }

    private mutating func takeOutOfOrder(
        _ part: Range<Int>, _ bytes: RawSpan, at place: UInt64, _ direction: StreamDirection, _ half: inout StreamHalf
    ) {
        let end = place + UInt64(part.count)
        if place > half.delivered { counters.outOfOrder += 1 }
        let insertion = store.insert(
            bytes.extracting(part), at: place, into: &half.runs, blockLimit: limits.blocks)
        if let conflict = insertion.conflict {
            counters.conflicts += 1
            tell(.conflict, direction, at: conflict.lowerBound, Int(conflict.upperBound - conflict.lowerBound), .none)
        }
        if insertion.added == 0, !insertion.isRefused, end <= half.delivered { counters.retransmitted += 1 }
        deliver(&half, direction)
        if insertion.isRefused {
            counters.memoryLimitHits += 1
            handOnUnkept(part, at: place, direction, &half)
        }
        passHoles(&half, direction)
        if half.runs.last >= 0, store.end(of: half.runs.last) > half.delivered,
            insertion.isRefused || store.end(of: half.runs.last) - half.delivered > limits.waiting
        {
            counters.waitingLimitHits += 1
            passHole(&half, direction)
        }
    }

    /// What could not be held and is next all the same.
    private mutating func handOnUnkept(
        _ part: Range<Int>, at place: UInt64, _ direction: StreamDirection, _ half: inout StreamHalf
    ) {
        guard half.delivered >= place, half.delivered < place + UInt64(part.count) else { return }
        let waiting = store.block(at: half.delivered, in: half.runs)
        let end = waiting < 0 ? UInt64.max : store.start(of: waiting)
        let skipped = Int(half.delivered - place)
        let count = Int(min(UInt64(part.count - skipped), end - half.delivered))
        tell(.data, direction, at: half.delivered, count, .packet(Int32(part.lowerBound + skipped)))
        half.delivered += UInt64(count)
        half.lowest = half.delivered
        counters.delivered += UInt64(count)
        deliver(&half, direction)
    }

    /// Hands on what waited and is next now.
    private mutating func deliver(_ half: inout StreamHalf, _ direction: StreamDirection) {
        var block = store.block(at: half.delivered, in: half.runs)
        while block >= 0, store.start(of: block) <= half.delivered {
            let from = half.delivered - store.start(of: block)
            let count = store.end(of: block) - half.delivered
            tell(.data, direction, at: half.delivered, Int(count), .block(block, Int32(from)))
            half.delivered += count
            counters.delivered += count
            block = store.next(after: block)
        }
    }

    /// The receiver has what the watcher waits for: it will not come again.
    private mutating func passHoles(_ half: inout StreamHalf, _ direction: StreamDirection) {
        while half.acknowledged > half.delivered {
            let block = store.block(at: half.delivered, in: half.runs)
            guard block >= 0, store.start(of: block) <= half.acknowledged else { return }
            passHole(&half, direction)
        }
    }

    /// Goes on behind the next hole.
    private mutating func passHole(_ half: inout StreamHalf, _ direction: StreamDirection) {
        let block = store.block(at: half.delivered, in: half.runs)
        guard block >= 0 else { return }
        let missing = store.start(of: block) - half.delivered
        tell(.gap, direction, at: half.delivered, Int(missing), .none)
        counters.gaps += 1
        counters.gapBytes += missing
        half.delivered += missing
        half.lowest = half.delivered
        deliver(&half, direction)
    }

    private mutating func limitDepth(_ half: inout StreamHalf) {
        guard let depth = limits.depth, half.delivered >= depth else { return }
        counters.depthLimitHits += 1
        half.marks.insert(.isPassedOver)
    }

    private mutating func finish(_ half: inout StreamHalf, _ direction: StreamDirection) {
        guard half.delivered >= half.finish, !half.marks.contains(.isOver) else { return }
        half.marks.insert(.isOver)
        tell(.finished, direction, at: half.delivered, 0, .none)
    }

    /// RST holds where its receiver would believe it: exactly at the next byte (RFC 5961 section 3.2), which is between
    /// what was acknowledged and what was sent, or as the answer to a SYN.
    private mutating func tearDown(
        _ segment: TCPSegment, at start: Int64, _ direction: StreamDirection,
        _ own: inout StreamHalf, _ other: inout StreamHalf
    ) {
        let answersSYN =
            !own.marks.contains(.isPlaced) && segment.has(TCPSegment.ack) && segment.acknowledgement == other.base
        let isNext =
            own.marks.contains(.isPlaced) && start >= Int64(min(own.acknowledged, own.delivered))
            && start <= Int64(max(own.delivered, own.acknowledged))
        guard answersSYN || isNext else {
            counters.strayResets += 1
            return
        }
        own.marks.insert(.isOver)
        other.marks.insert(.isOver)
        tell(.reset, direction, at: own.delivered, 0, .none)
    }

    private mutating func tell(
        _ kind: StreamEvent.Kind, _ direction: StreamDirection, at offset: UInt64, _ length: Int,
        _ place: StreamEvent.Place
    ) {
        events.append(
            StreamEvent(kind: kind, direction: direction, offset: offset, length: length, place: place))
    }
}
