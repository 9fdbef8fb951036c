import CFuse
import IPLog
import Primitives
import SystemCalls

/// A unit as a character device (CUSE): real read(2), poll(2) and ioctl(2), each of which arrives as a request.
///
/// libfuse is only called on the device's thread. It hands this object back as a pointer, which stays good as long as
/// the session.
final class CharacterDevice: UnitDoor {
    /// A read that waits for records.
    private struct Pending {
        var request: CuseRequest
        var length: Int
        var isInterrupted = false
    }

    private let queue: UnitQueue
    private let path: String
    private var session: CuseSession?
    private var pending: [Pending] = []
    /// Who waits in poll(2), by their open file.
    private var polls: [UInt64: CusePoll] = [:]
    /// Whether an open file may be written to, by its number.
    private var files: [UInt64: Bool] = [:]
    private var lastFile: UInt64 = 0
    private var answer: ByteBuffer
    private var failure: String?
    private var reader: (file: UInt64, name: String)?

    /// Whether this kernel has CUSE, and this process may use it.
    static var isPossible: Bool {
        guard let file = try? FileDescriptor(opening: "/dev/cuse", for: .device) else { return false }
        return file.number >= 0
    }

    init(_ queue: UnitQueue) throws(IPLogDeviceError) {
        self.queue = queue
        path = "/dev/\(queue.unit.socketName)"
        answer = ByteBuffer(capacity: queue.limit)
        session = nil
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        guard let opened = unsafe cuseOpenSession(queue.unit.socketName, context) else {
            let errno = Errno(rawValue: gatelog_cuse_errno())
            throw IPLogDeviceError(
                "the device \(path)", "\(errno) (/dev/cuse)",
                remedy: errno == .noSuchFile
                    ? "The kernel must have CUSE (modprobe cuse); ipl.device: socket does without."
                    : "Whoever runs the daemon must have the right to use /dev/cuse.")
        }
        session = unsafe CuseSession(owning: opened)
    }

    var state: DoorState { DoorState(path: path, reader: reader?.name, failure: failure) }

    func prepare(_ poll: inout Poll) {
        if let descriptor = session?.descriptor { poll.add(descriptor, for: .readable) }
    }

    func look(_ poll: Poll, from place: inout Int) {
        guard session != nil else { return }
        let readiness = poll[place]
        place += 1
        guard !readiness.isEmpty else { return }
        // Some, and no more: the other doors have their turn.
        for _ in 0..<32 {
            // Taken out while libfuse calls back.
            var open = session.take()
            let received = open?.serve() ?? .gone
            session = open
            answerInterrupted()
            if received == .nothing { return }
            guard received == .request else {
                failure = "the kernel let \(path) go; is there another device of that name?"
                return close()
            }
        }
    }

    func serve() -> Bool {
        while let first = pending.first, !queue.isEmpty {
            pending.removeFirst()
            unsafe first.request.onInterrupt(nil, nil)
            give(first.request, length: first.length, isContinuation: false)
        }
        if !polls.isEmpty, !queue.isEmpty {
            for poll in polls.values { poll.tell() }
            polls = [:]
        }
        return pending.isEmpty && polls.isEmpty
    }

    func waitForRecords() -> Bool { queue.waitForRecords() }

    func close() {
        for read in pending { read.request.answer(errno: EIO) }
        pending = []
        for poll in polls.values { poll.forget() }
        polls = [:]
        reader = nil
        session = nil
    }
}

// MARK: Requests

extension CharacterDevice {
    func open(_ request: CuseRequest, _ file: UnsafeMutablePointer<fuse_file_info>) {
        let mode = unsafe file.pointee.flags & O_ACCMODE
        lastFile += 1
        unsafe file.pointee.fh = lastFile
        let (process, user) = request.caller
        guard unsafe request.answer(opened: file) else { return }
        files[lastFile] = mode != O_RDONLY
        if mode != O_WRONLY {
            reader = (lastFile, LocalPeer(processID: process, userID: user).description)
        }
    }

    func release(_ request: CuseRequest, file: UInt64) {
        files[file] = nil
        polls.removeValue(forKey: file)?.forget()
        if reader?.file == file { reader = nil }
        request.answer(errno: 0)
    }

    /// `isContinuation`: the kernel cut one long read into several, and what follows the first must not wait.
    func read(_ request: CuseRequest, length: Int, isContinuation: Bool, waits: Bool) {
        guard queue.isEmpty, length > 0, !isContinuation else {
            return give(request, length: length, isContinuation: isContinuation)
        }
        guard waits else { return request.answer(errno: EAGAIN) }
        pending.append(Pending(request: request, length: length))
        unsafe request.onInterrupt(cuseInterrupted, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Answers with as many whole records as fit; they are gone once the kernel has taken them.
    private func give(_ request: CuseRequest, length: Int, isContinuation: Bool) {
        answer.removeAll()
        do throws(RecordQueue.LengthTooSmall) {
            try queue.give(length, into: &answer) { request.answer($0.bytes) }
        } catch  where isContinuation {
            _ = request.answer(RawSpan())
        } catch {
            request.answer(errno: EINVAL)
        }
    }

    func interrupt(_ request: CuseRequest) {
        guard let index = pending.firstIndex(where: { $0.request.isSame(as: request) }) else { return }
        pending[index].isInterrupted = true
    }

    /// Not within the callback: libfuse holds the request's lock there.
    private func answerInterrupted() {
        guard pending.contains(where: \.isInterrupted) else { return }
        for read in pending where read.isInterrupted { read.request.answer(errno: EINTR) }
        pending.removeAll(where: \.isInterrupted)
    }

    /// `place` is in the caller's memory; `hasRoom` once the kernel has been told of it.
    func control(
        _ request: CuseRequest, _ command: UInt32, file: UInt64, _ place: UnsafeMutableRawPointer?, hasRoom: Bool
    ) {
        switch command {
        case gatelog_FIONREAD, gatelog_SIOCIPFINTERROR: break
        case gatelog_SIOCIPFFB:
            guard files[file] == true else { return request.answer(errno: EPERM) }
        default: return request.answer(errno: ENOTTY)
        }
        guard hasRoom else { return unsafe request.ask(forNumberAt: place) }
        switch command {
        case gatelog_FIONREAD: request.answer(number: queue.used)
        case gatelog_SIOCIPFFB: request.answer(number: queue.flush())
        default: request.answer(number: 0)
        }
    }

    func poll(_ request: CuseRequest, file: UInt64, _ poll: CusePoll?) {
        if let poll { polls.updateValue(poll, forKey: file)?.forget() }
        request.answer(isReadable: !queue.isEmpty)
    }
}
