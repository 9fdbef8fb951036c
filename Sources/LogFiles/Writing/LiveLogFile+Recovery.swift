import Primitives
import SystemCalls

extension LiveLogFile {
    /// Looks at the end of the files and makes them agree: a half line is cut, and what the index says of more than the
    /// text has.
    func recover() throws(SystemCallError) -> LogRecovery {
        var recovery = LogRecovery()
        let size = try text.status().size
        let whole = try endOfLastLine(before: size)
        if whole < size {
            try text.truncate(to: whole)
            recovery.cutText = size - whole
        }
        resume(textSize: whole, recordsSize: 0, indexSize: 0, lineCount: 0)
        return recovery
    }

    /// The place behind the last line end before `size`; 0 where there is none.
    private func endOfLastLine(before size: Int64) throws(SystemCallError) -> Int64 {
        var end = size
        while end > 0 {
            let start = max(end - 64 << 10, 0)
            let bytes = try text.contents(of: start..<end)
            if let place = bytes.lastIndex(of: UInt8(ascii: "\n")) { return start + Int64(place) + 1 }
            end = start
        }
        return 0
    }
}
