import Primitives

/// Bytes at places of a stream or of a datagram, in order and without overlaps: the head of a list whose blocks are
/// in a `RunStore`. A plain value, so that tables hold it.
struct ByteRuns: BitwiseCopyable {
    var first: Int32 = -1
    var last: Int32 = -1
    /// Blocks in the list.
    var count: Int32 = 0

    var isEmpty: Bool { first < 0 }
}

/// What became of bytes that were put into runs.
struct RunInsertion: Equatable {
    /// Bytes that were not there before.
    var added = 0
    /// From the first to the last byte that is another than the one that was there already.
    var conflict: Range<UInt64>?
    /// There was no room for the rest: the pool is empty, or the list has as many blocks as it may have.
    var isRefused = false
}

/// The blocks of all runs. The first copy of a byte stays; a later one is compared with it.
struct RunStore: ~Copyable {
    private var pool: BlockPool
    /// By the block's number: where its bytes belong, how many there are, and the next block of the list.
    private var starts: [UInt64] = []
    private var lengths: [Int32] = []
    private var nexts: [Int32] = []

    /// At most `limit` bytes in blocks.
    init(limit: Int) { pool = BlockPool(limit: limit) }

    var taken: Int { pool.taken }

    var capacity: Int { pool.capacity }

    func start(of block: Int32) -> UInt64 { starts[Int(block)] }

    func end(of block: Int32) -> UInt64 { starts[Int(block)] &+ UInt64(lengths[Int(block)]) }

    func next(after block: Int32) -> Int32 { nexts[Int(block)] }

    @_lifetime(borrow self)
    func bytes(of block: Int32, from place: Int, count: Int) -> RawSpan {
        pool.bytes(block).extracting(place..<place + count)
    }

    /// Puts `bytes` to `offset`; `offset + bytes.byteCount` must not overflow. The list grows to `blockLimit` blocks.
    mutating func insert(
        _ bytes: RawSpan, at offset: UInt64, into runs: inout ByteRuns, blockLimit: Int32
    ) -> RunInsertion {
        var result = RunInsertion()
        let end = offset + UInt64(bytes.byteCount)
        var place = offset
        var previous: Int32 = -1
        var node = runs.first
        if runs.last >= 0, self.end(of: runs.last) <= offset {
            previous = runs.last
            node = -1
        }
        while place < end {
            while node >= 0, self.end(of: node) <= place {
                previous = node
                node = nexts[Int(node)]
            }
            let hole = node < 0 ? end : min(end, starts[Int(node)])
            if place < hole {
                let part = bytes.extracting(Int(place - offset)..<Int(hole - offset))
                let added = fill(part, at: place, after: &previous, in: &runs, blockLimit)
                result.added += added
                if added < part.byteCount {
                    result.isRefused = true
                    return result
                }
                place = hole
            } else {
                let known = min(end, self.end(of: node))
                let part = bytes.extracting(Int(place - offset)..<Int(known - offset))
                compare(part, at: place, with: node, &result)
                place = known
            }
        }
        return result
    }

    /// Gives back the blocks whose bytes all lie before `offset`.
    mutating func release(before offset: UInt64, from runs: inout ByteRuns) {
        while runs.first >= 0, end(of: runs.first) <= offset { releaseFirst(of: &runs) }
    }

    /// Gives all blocks back.
    mutating func releaseAll(of runs: inout ByteRuns) {
        while runs.first >= 0 { releaseFirst(of: &runs) }
    }

    mutating func releaseFirst(of runs: inout ByteRuns) {
        let block = runs.first
        runs.first = nexts[Int(block)]
        if runs.first < 0 { runs.last = -1 }
        runs.count -= 1
        pool.giveBack(block)
    }

    /// The block that holds the byte at `offset`, or the first one behind it; -1 where there is none.
    func block(at offset: UInt64, in runs: ByteRuns) -> Int32 {
        if runs.last >= 0, end(of: runs.last) <= offset { return -1 }
        var node = runs.first
        while node >= 0, end(of: node) <= offset { node = nexts[Int(node)] }
        return node
    }

    /// Appends all bytes of a list, whatever is missing between them.
    func append(_ runs: ByteRuns, to buffer: inout ByteBuffer) {
        var block = runs.first
        while block >= 0 {
            buffer.append(bytes(of: block, from: 0, count: Int(lengths[Int(block)])))
            block = nexts[Int(block)]
        }
    }

    private mutating func fill(
        _ bytes: RawSpan, at offset: UInt64, after previous: inout Int32, in runs: inout ByteRuns, _ blockLimit: Int32
    ) -> Int {
        var done = 0
        while done < bytes.byteCount {
            let place = offset + UInt64(done)
            if previous >= 0, end(of: previous) == place, lengths[Int(previous)] < BlockPool.blockSize {
                let used = Int(lengths[Int(previous)])
                let count = min(bytes.byteCount - done, BlockPool.blockSize - used)
                pool.fill(previous, at: used, with: bytes.extracting(done..<done + count))
                lengths[Int(previous)] += Int32(count)
                done += count
                continue
            }
            guard runs.count < blockLimit, let block = pool.take() else { return done }
            adopt(block, at: place, after: previous, in: &runs)
            previous = block
        }
        return done
    }

    private mutating func adopt(_ block: Int32, at offset: UInt64, after previous: Int32, in runs: inout ByteRuns) {
        let number = Int(block)
        while starts.count <= number {
            starts.append(0)
            lengths.append(0)
            nexts.append(-1)
        }
        starts[number] = offset
        lengths[number] = 0
        if previous < 0 {
            nexts[number] = runs.first
            runs.first = block
        } else {
            nexts[number] = nexts[Int(previous)]
            nexts[Int(previous)] = block
        }
        if nexts[number] < 0 { runs.last = block }
        runs.count += 1
    }

    private func compare(_ part: RawSpan, at offset: UInt64, with block: Int32, _ result: inout RunInsertion) {
        let known = bytes(of: block, from: Int(offset - starts[Int(block)]), count: part.byteCount)
        guard let first = part.firstDifference(from: known) else { return }
        var last = part.byteCount - 1
        while part.byte(at: last) == known.byte(at: last) { last -= 1 }
        let found = offset + UInt64(first)..<offset + UInt64(last) + 1
        result.conflict = (result.conflict?.lowerBound ?? found.lowerBound)..<found.upperBound
    }
}
