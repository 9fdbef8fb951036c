import CZlib
import Primitives

/// One zlib stream. It stays at one address for life, since zlib's state points back at it.
@safe
final class GzipDecoder {
    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether the input so far ends with a whole member.
    private(set) var isBetweenMembers = false

    init() throws(CompressionError) {
        let fresh = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe fresh.initialize(to: z_stream())
        // 15 bits of window, and 16 for: a gzip header and nothing else.
        let result = unsafe inflateInit2_(fresh, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else {
            unsafe fresh.deallocate()
            throw CompressionError(.outOfMemory, in: .gzip)
        }
        unsafe stream = fresh
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    func decompress(_ input: RawSpan, into output: UnsafeMutableRawBufferPointer) -> Decompressor.Progress {
        unsafe input.withUnsafeBytes { source in
            unsafe stream.pointee.next_in = UnsafeMutablePointer(
                mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
            unsafe stream.pointee.avail_in = UInt32(clamping: source.count)
            unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe stream.pointee.avail_out = UInt32(clamping: output.count)
            let (givenIn, givenOut) = unsafe (stream.pointee.avail_in, stream.pointee.avail_out)
            let failure = run()
            return unsafe Decompressor.Progress(
                consumed: Int(givenIn - stream.pointee.avail_in),
                produced: Int(givenOut - stream.pointee.avail_out), failure: failure)
        }
    }

    private func run() -> CompressionError? {
        while unsafe stream.pointee.avail_in > 0, unsafe stream.pointee.avail_out > 0 {
            if isBetweenMembers {
                guard let goesOn = startMember() else { continue }
                if !goesOn { return CompressionError(.trailingBytes, in: .gzip) }
            }
            switch unsafe inflate(stream, Z_NO_FLUSH) {
            case Z_STREAM_END: isBetweenMembers = true
            case Z_OK: break
            case Z_BUF_ERROR: return nil
            case Z_MEM_ERROR: return CompressionError(.outOfMemory, in: .gzip)
            default:
                let detail = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? ""
                return CompressionError(.corrupt, in: .gzip, detail: detail)
            }
        }
        return nil
    }

    /// Behind a member stands another, or zeros (as tapes and some disks pad), or what is no gzip.
    /// Nil: a zero was passed over.
    private func startMember() -> Bool? {
        let byte = unsafe stream.pointee.next_in.pointee
        if byte == 0 {
            unsafe stream.pointee.next_in += 1
            unsafe stream.pointee.avail_in -= 1
            return nil
        }
        guard byte == 0x1F else { return false }
        unsafe inflateReset(stream)
        isBetweenMembers = false
        return true
    }
}
