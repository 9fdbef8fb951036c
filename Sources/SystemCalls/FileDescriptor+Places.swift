import CLinux
public import Primitives

/// Reading at a place, and keeping others out.
extension FileDescriptor {
    /// Reads at most `buffer.count` bytes from `offset` on (pread(2)); 0 at the end of the file. Where the next
    /// `read` begins stays as it is.
    public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(SystemCallError) -> Int {
        let number = number
        return try checked("pread", path) {
            unsafe pread(number, buffer.baseAddress, buffer.count, off_t(offset))
        }
    }

    /// All bytes of `range` that the file has, one allocation.
    public func contents(of range: Range<Int64>) throws(SystemCallError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(range.upperBound - range.lowerBound))
        var done = 0
        while done < bytes.count {
            let count = try readPart(&bytes, from: done, at: range.lowerBound + Int64(done))
            if count == 0 { break }
            done += count
        }
        bytes.removeLast(bytes.count - done)
        return bytes
    }

    private func readPart(_ bytes: inout [UInt8], from done: Int, at offset: Int64) throws(SystemCallError) -> Int {
        let number = number
        return try checked("pread", path) {
            unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(number, buffer.baseAddress! + done, buffer.count - done, off_t(offset))
            }
        }
    }

    /// Writes all of `bytes` over what stands at `offset` (pwrite(2)). Where the next `write` begins stays as it is.
    public func write(_ bytes: RawSpan, at offset: Int64) throws(SystemCallError) {
        let number = number
        var done = 0
        while done < bytes.byteCount {
            let rest = bytes.extracting(done..<bytes.byteCount)
            done += try checked("pwrite", path) {
                unsafe rest.withUnsafeBytes { source in
                    unsafe pwrite(number, source.baseAddress, source.count, off_t(offset + Int64(done)))
                }
            }
        }
    }

    /// Claims the file for this open description (flock(2)); false where another has it. Given up when the file is
    /// closed, even where the process is killed.
    public func lock() throws(SystemCallError) -> Bool {
        let number = number
        do {
            _ = try checked("flock", path) { gatelog_flock(number) }
            return true
        } catch  where error.errno == .wouldBlock {
            return false
        }
    }

    /// Says when the file's bytes last changed (futimens(2)).
    public func setModified(_ time: Timestamp) throws(SystemCallError) {
        let number = number
        let moment = timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.fraction))
        let times: InlineArray<2, timespec> = [moment, moment]
        _ = try checked("futimens", path) {
            unsafe times.span.withUnsafeBufferPointer { unsafe futimens(number, $0.baseAddress) }
        }
    }
}
