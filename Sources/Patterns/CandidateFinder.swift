import CHyperscan
import Primitives

/// A pattern as Hyperscan compiled it; does not change and is shared by threads.
@safe
final class CandidateDatabase: @unchecked Sendable {
    fileprivate let database: OpaquePointer

    /// Nil where Hyperscan cannot say the pattern, nor anything that is met by more, or does not run on this processor.
    init?(_ pattern: ScreenedPattern) {
        guard let database = unsafe Self.compile(pattern) else { return nil }
        unsafe self.database = database
    }

    deinit {
        unsafe hs_free_database(database)
    }

    private static func compile(_ pattern: ScreenedPattern) -> OpaquePointer? {
        var database: OpaquePointer?
        var failure: UnsafeMutablePointer<hs_compile_error_t>?
        let caseless = pattern.ignoresCase ? UInt32(HS_FLAG_CASELESS) : 0
        let source = pattern.source.map { CChar(bitPattern: $0) } + [0]
        let result = unsafe source.withUnsafeBufferPointer { text in
            if pattern.isText {
                return unsafe hs_compile_lit(
                    text.baseAddress!, caseless, text.count - 1, UInt32(HS_MODE_BLOCK), nil, &database, &failure)
            }
            let flags = caseless | UInt32(HS_FLAG_MULTILINE | HS_FLAG_PREFILTER)
            return unsafe hs_compile(
                text.baseAddress!, flags, UInt32(HS_MODE_BLOCK), nil, &database, &failure)
        }
        unsafe hs_free_compile_error(failure)
        guard result == HS_SUCCESS else { return nil }
        return unsafe database
    }
}

/// Walks over buffers of lines and tells those that a pattern may match. One thread at a time.
@safe
final class CandidateFinder: @unchecked Sendable {
    /// Lines that are gathered before they are told.
    fileprivate static let capacity = 1024

    private let database: CandidateDatabase
    private let scratch: OpaquePointer
    private let ends: UnsafeMutablePointer<Int>

    /// Nil where there is no memory.
    init?(_ database: CandidateDatabase) {
        var scratch: OpaquePointer?
        guard unsafe hs_alloc_scratch(database.database, &scratch) == HS_SUCCESS, let scratch = unsafe scratch else {
            return nil
        }
        self.database = database
        unsafe self.scratch = scratch
        unsafe ends = .allocate(capacity: Self.capacity)
    }

    deinit {
        unsafe hs_free_scratch(scratch)
        unsafe ends.deallocate()
    }

    /// Calls `body` with the end of each line that may match (the place of its newline, or the end of the buffer),
    /// in order, each once.
    @inline(__always)
    func scan(_ lines: RawSpan, _ body: (Int) -> Void) {
        var start = 0
        var stopsAtEach = false
        while start < lines.byteCount {
            let scan = scanSome(lines, from: start, stopsAtEach: stopsAtEach)
            for index in 0..<scan.count { unsafe body(ends[index]) }
            guard scan.isStopped else { return }
            // Where a line has many matches, going on behind it is cheaper than hearing of each.
            stopsAtEach = stopsAtEach || scan.isNoisy
            start = scan.lineEnd + 1
        }
    }

    private func scanSome(_ lines: RawSpan, from start: Int, stopsAtEach: Bool) -> CandidateScan {
        let ends = unsafe ends
        return unsafe lines.withUnsafeBytes { bytes in
            var scan = unsafe CandidateScan(
                bytes: bytes, start: start, ends: ends, capacity: stopsAtEach ? 1 : Self.capacity)
            let text = unsafe bytes.baseAddress! + start
            let result = unsafe withUnsafeMutablePointer(to: &scan) { context in
                unsafe hs_scan(
                    database.database, text.assumingMemoryBound(to: CChar.self), UInt32(bytes.count - start), 0,
                    scratch,
                    noteCandidate, context)
            }
            precondition(
                result == HS_SUCCESS || result == HS_SCAN_TERMINATED, "a scan fails only for wrong use of its memory")
            scan.putInOrder()
            return scan
        }
    }
}

/// What one call of hs_scan has found so far.
@safe
private struct CandidateScan {
    let bytes: UnsafeRawBufferPointer
    /// Where the scan began.
    let start: Int
    let ends: UnsafeMutablePointer<Int>
    let capacity: Int
    var count = 0
    /// The end of the last line that was noted.
    var lineEnd = -1
    /// Where the match ends that it was noted for.
    private var noted = 0
    private var surplus = 0
    private var isUnordered = false
    var isStopped = false
    var isNoisy = false

    init(bytes: UnsafeRawBufferPointer, start: Int, ends: UnsafeMutablePointer<Int>, capacity: Int) {
        unsafe self.bytes = bytes
        self.start = start
        unsafe self.ends = ends
        self.capacity = capacity
    }

    /// Notes a match that ends before `place`; whether the scan goes on.
    @inline(__always)
    mutating func note(_ place: Int) -> Bool {
        // Behind a newline at the very end there is no line.
        if unsafe place == bytes.count && place > 0 && bytes[place - 1] == newline { return true }
        if place <= lineEnd, place >= noted {
            surplus += 1
            // A few matches a line are cheap.
            if surplus > 256 + 8 * count { isNoisy = true }
        } else {
            if place < noted { isUnordered = true }
            noted = place
            lineEnd = unsafe bytes.bytes.firstIndex(of: newline, from: place) ?? bytes.count
            unsafe ends[count] = lineEnd
            count += 1
        }
        isStopped = count == capacity || isNoisy
        return !isStopped
    }

    /// Hyperscan tells matches in the order of their ends; should it not, they are put in order here.
    mutating func putInOrder() {
        guard isUnordered else { return }
        var found = unsafe UnsafeMutableBufferPointer(start: ends, count: count)
        unsafe found.sort()
        var kept = 0
        for index in 0..<count where unsafe kept == 0 || ends[index] != ends[kept - 1] {
            unsafe ends[kept] = ends[index]
            kept += 1
        }
        count = kept
        lineEnd = unsafe ends[kept - 1]
    }
}

// A plain function: a closure that is handed to C can be taken for one of the main actor's.
private func noteCandidate(
    _: UInt32, _: UInt64, _ end: UInt64, _: UInt32, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let scan = unsafe context?.assumingMemoryBound(to: CandidateScan.self) else { return 1 }
    return unsafe scan.pointee.note(scan.pointee.start + Int(end)) ? 0 : 1
}
