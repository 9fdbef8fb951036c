import CLinux

/// A program that runs beside this one to its end, without a shell, in a process group of its own, from the folder /.
public struct ProgramRun: Sendable {
    /// An absolute path.
    public var path: String
    /// What stands behind the program's name.
    public var arguments: [String]
    /// All of its environment: "NAME=value".
    public var environment: [String]
    /// What it finds on its standard input.
    public var input: [UInt8]
    /// Nanoseconds after which it and all that it started are killed.
    public var limit: Int64
    /// Bytes of what it prints that are kept; the rest is read and thrown away.
    public var keptOutput = 4096

    /// How it ended.
    public enum Ending: Hashable, Sendable {
        case exited(Int32)
        case killed(signal: Int32)
        /// It took too long.
        case timedOut
        /// `stop` was signalled.
        case stopped
    }

    public struct Outcome: Hashable, Sendable {
        public var ending: Ending
        /// The beginning of what it printed, standard output and error together.
        public var output: [UInt8]
    }

    public init(path: String, arguments: [String], environment: [String], input: [UInt8], limit: Int64) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.input = input
        self.limit = limit
    }

    /// Lets programs that the calling thread starts have none of the capabilities that a service manager granted to
    /// this one (capabilities(7), ambient set). A root process's programs are root's all the same.
    public static func dropGrantedCapabilities() { gatelog_clear_ambient() }

    /// Runs it, and waits for its end. A NUL byte ends an argument for the kernel: callers have none in theirs.
    public func run(stop: borrowing Wakeup) throws(SystemCallError) -> Outcome {
        let toChild = try Pipe()
        let fromChild = try Pipe()
        _ = try checked("fcntl") { gatelog_do_not_wait(toChild.writing.number) }
        _ = try checked("fcntl") { gatelog_do_not_wait(fromChild.reading.number) }
        let child = try spawn(input: toChild.reading.number, output: fromChild.writing.number)
        // The child has its own ends by now.
        let input = toChild.keepWriting()
        let output = fromChild.keepReading()
        let watch = OwnedNumber(gatelog_pidfd_open(child))
        var conversation = Conversation(input: input, output: output, bytes: self.input, kept: keptOutput)
        let ending = conversation.wait(watch.number, stop.number, until: Clocks.monotonic &+ limit)
        conversation.readRest()
        // What it started goes with it. The group is there as long as nobody has waited for its leader.
        kill(-child, SIGKILL)
        let status = gatelog_wait(child)
        let told: Ending = status >= 256 ? .killed(signal: status - 256) : .exited(status)
        return Outcome(ending: ending ?? told, output: conversation.kept)
    }

    private func spawn(input: Int32, output: Int32) throws(SystemCallError) -> Int32 {
        var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        var environment = unsafe self.environment.map { unsafe strdup($0) } + [nil]
        defer {
            unsafe words.forEach { unsafe free($0) }
            unsafe environment.forEach { unsafe free($0) }
        }
        var child: Int32 = 0
        let failure = unsafe gatelog_spawn(path, &words, &environment, input, output, &child)
        guard failure == 0 else {
            throw SystemCallError(errno: Errno(rawValue: failure), call: "posix_spawn", path: path)
        }
        return child
    }
}

/// A descriptor that is closed when its owner goes away; a negative number is none.
private struct OwnedNumber: ~Copyable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { if number >= 0 { _ = gatelog_close(number) } }
}

private struct Pipe: ~Copyable {
    let reading: OwnedNumber
    let writing: OwnedNumber

    init() throws(SystemCallError) {
        var ends: [Int32] = [-1, -1]
        _ = try checked("pipe2") { unsafe gatelog_pipe(&ends) }
        reading = OwnedNumber(ends[0])
        writing = OwnedNumber(ends[1])
    }

    consuming func keepReading() -> OwnedNumber { reading }

    consuming func keepWriting() -> OwnedNumber { writing }
}

/// What is said to the program and heard from it while it runs.
private struct Conversation: ~Copyable {
    private var input: OwnedNumber
    private let output: OwnedNumber
    private let bytes: [UInt8]
    private var written = 0
    private let mostKept: Int
    private(set) var kept: [UInt8] = []
    private var hearsNothingMore = false

    init(input: consuming OwnedNumber, output: consuming OwnedNumber, bytes: [UInt8], kept: Int) {
        self.input = bytes.isEmpty ? OwnedNumber(-1) : input
        self.output = output
        self.bytes = bytes
        mostKept = kept
    }

    /// Returns when the process that `watch` tells of has ended: nil; or why it has to be ended.
    mutating func wait(_ watch: Int32, _ stop: Int32, until deadline: Int64) -> ProgramRun.Ending? {
        while true {
            let left = deadline &- Clocks.monotonic
            guard left > 0 else { return .timedOut }
            var poll = Poll(readable: watch, stop)
            poll.add(hearsNothingMore ? -1 : output.number, for: .readable)
            poll.add(input.number, for: .writable)
            // Without a watch (an old kernel) the end is the end of what it prints.
            guard (try? poll.wait(milliseconds: Int32(clamping: left / 1_000_000 + 1))) == true else { continue }
            if !poll[1].isEmpty { return .stopped }
            if !poll[2].isEmpty { read() }
            if !poll[3].isEmpty { write() }
            if !poll[0].isEmpty || watch < 0 && hearsNothingMore { return nil }
        }
    }

    /// What is still in the pipe; a grandchild that holds it open is not waited for.
    mutating func readRest() {
        for _ in 0..<64 where !hearsNothingMore {
            guard read() else { return }
        }
    }

    /// Reads what is there; false where nothing is.
    @discardableResult
    private mutating func read() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 4096)
        let number = output.number
        let count = unsafe chunk.withUnsafeMutableBytes { buffer in
            unsafe gatelog_read(number, buffer.baseAddress, buffer.count)
        }
        if count > 0 {
            kept += chunk[..<min(count, mostKept - kept.count)]
            return true
        }
        if count == 0 || Errno(rawValue: gatelog_errno()) != .wouldBlock { hearsNothingMore = true }
        return false
    }

    private mutating func write() {
        let number = input.number
        let count = unsafe bytes[written...].withUnsafeBytes { buffer in
            unsafe gatelog_write(number, buffer.baseAddress, buffer.count)
        }
        if count > 0 { written += count }
        // One that does not read its input is no mistake.
        let isOver = count < 0 && Errno(rawValue: gatelog_errno()) != .wouldBlock
        if isOver || written >= bytes.count { input = OwnedNumber(-1) }
    }
}
