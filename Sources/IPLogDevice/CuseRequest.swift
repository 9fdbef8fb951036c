import CFuse
import Primitives

/// What the kernel asks of a character device, until it is answered: once, by one of these.
@safe
struct CuseRequest {
    private let pointer: fuse_req_t

    init(_ pointer: fuse_req_t) { unsafe self.pointer = pointer }

    /// Who asks.
    var caller: (process: Int32, user: UInt32) {
        guard let context = unsafe fuse_req_ctx(pointer) else { return (0, 0) }
        return unsafe (context.pointee.pid, context.pointee.uid)
    }

    /// An errno; 0 is that all is well.
    func answer(errno: Int32) { _ = unsafe fuse_reply_err(pointer, errno) }

    /// What was read; false where the kernel does not take it any more.
    func answer(_ bytes: RawSpan) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe fuse_reply_buf(pointer, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count) == 0
        }
    }

    /// The file is open, and reads go straight to us; false where the one who opened it is gone.
    func answer(opened file: UnsafeMutablePointer<fuse_file_info>) -> Bool {
        unsafe gatelog_cuse_stream(file)
        return unsafe fuse_reply_open(pointer, file) == 0
    }

    /// What poll(2) shall say.
    func answer(isReadable: Bool) {
        _ = unsafe fuse_reply_poll(pointer, isReadable ? UInt32(gatelog_poll_readable) : 0)
    }

    /// The int that an ioctl gives back.
    func answer(number: Int) {
        var number = Int32(clamping: number)
        _ = unsafe fuse_reply_ioctl(pointer, 0, &number, MemoryLayout<Int32>.size)
    }

    /// Asks the kernel to come again with room for an int at `place` in the caller's memory.
    func ask(forNumberAt place: UnsafeMutableRawPointer?) { _ = unsafe gatelog_cuse_ask_int(pointer, place) }

    /// Calls `interrupted` with `context` when a signal comes before the answer; nil calls nobody any more.
    func onInterrupt(_ interrupted: fuse_interrupt_func_t?, _ context: UnsafeMutableRawPointer?) {
        unsafe fuse_req_interrupt_func(pointer, interrupted, context)
    }

    func isSame(as other: CuseRequest) -> Bool { unsafe pointer == other.pointer }
}

/// Somebody who waits in poll(2). Told once at most, then let go.
@safe
struct CusePoll {
    private let pointer: OpaquePointer

    init?(_ pointer: OpaquePointer?) {
        guard let pointer = unsafe pointer else { return nil }
        unsafe self.pointer = pointer
    }

    func tell() {
        _ = unsafe fuse_lowlevel_notify_poll(pointer)
        forget()
    }

    func forget() { unsafe fuse_pollhandle_destroy(pointer) }
}

/// The kernel's side of one character device.
@safe
struct CuseSession: ~Copyable {
    private let pointer: OpaquePointer
    private var received = unsafe fuse_buf()

    /// What came of looking for a request.
    enum Received {
        case request, nothing, gone
    }

    /// Takes a session over from `gatelog_cuse_open`.
    init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit {
        unsafe fuse_session_destroy(pointer)
        unsafe free(received.mem)
    }

    /// Readable where a request waits.
    var descriptor: Int32 { unsafe fuse_session_fd(pointer) }

    /// Takes the next request, and calls whoever answers it.
    mutating func serve() -> Received {
        let count = unsafe fuse_session_receive_buf(pointer, &received)
        if count == -EAGAIN || count == -EINTR { return .nothing }
        guard count > 0 else { return .gone }
        unsafe fuse_session_process_buf(pointer, &received)
        return .request
    }
}
