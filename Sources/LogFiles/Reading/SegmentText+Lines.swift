import Primitives
import SystemCalls

extension SegmentText {
    /// Bytes of whole lines there are just now.
    mutating func wholeLength() throws(LogReadError) -> Int64 {
        let length = try length()
        guard !isCompressed else { return length }
        var buffer = ByteBuffer(capacity: 4 << 10)
        var end = length
        while end > 0 {
            let start = max(0, end - (4 << 10))
            buffer.removeAll()
            var at = start
            while at < end {
                let count = try read(at: at, atMost: Int(end - at), into: &buffer)
                if count == 0 { break }
                at += Int64(count)
            }
            if let place = buffer.bytes.lastIndex(of: UInt8(ascii: "\n"), before: buffer.count) {
                return start + Int64(place) + 1
            }
            end = start
        }
        return 0
    }

    /// Whether the file was emptied since it was read up to `offset`, and perhaps written again.
    mutating func wasCleared(behind offset: Int64) throws(LogReadError) -> Bool {
        guard !isCompressed else { return false }
        if try length() < offset { return true }
        guard hasIdentity else { return false }
        let before = identity
        try learnIdentity(again: true)
        return identity != before
    }

    /// How many lines begin in `range`, which begins with a line.
    mutating func countLines(_ range: Range<Int64>) throws(LogReadError) -> UInt64 {
        var buffer = ByteBuffer(capacity: 256 << 10)
        var count: UInt64 = 0
        var at = range.lowerBound
        while at < range.upperBound {
            buffer.removeAll()
            do {
                let more = try read(at: at, atMost: min(256 << 10, Int(range.upperBound - at)), into: &buffer)
                if more == 0 { break }
                at += Int64(more)
            } catch {
                guard case .compression = error.reason, let next = resume(after: at) else { throw error }
                at = next
            }
            count += UInt64(buffer.bytes.count(of: UInt8(ascii: "\n")))
        }
        return count
    }

    /// Where the first line begins at `offset` or behind; the end of the text where none does.
    mutating func lineStart(behind offset: Int64) throws(LogReadError) -> Int64 {
        guard offset > 0 else { return 0 }
        var buffer = ByteBuffer(capacity: 64 << 10)
        var at = offset - 1
        while true {
            buffer.removeAll()
            if try read(at: at, atMost: 64 << 10, into: &buffer) == 0 { return at }
            if let place = buffer.bytes.firstIndex(of: UInt8(ascii: "\n")) { return at + Int64(place) + 1 }
            at += Int64(buffer.count)
        }
    }
}

extension SegmentWalk {
    /// Whether another file has the log's name: the open one does not grow any more.
    func isFinished() throws(LogReadError) -> Bool {
        do {
            guard let status = try Paths.status(path) else { return false }
            return status.node != text.status.node || status.device != text.status.device
        } catch {
            throw LogReadError(path, .call(error))
        }
    }

    /// Bytes from `offset` in the open file to the end of the log; of compressed files those that they take.
    mutating func bytesBehind(_ offset: Int64) throws(LogReadError) -> Int64 {
        let here = try text.length() - offset
        guard try isFinished() else { return here }
        let all = try LogSegments(path: path, isSingle: isSingle).all
        let place = all.firstIndex { $0.status.node == text.status.node }
        return all[(place.map { $0 + 1 } ?? 0)...].reduce(here) { $0 + $1.status.size }
    }
}
