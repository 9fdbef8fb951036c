import CLinux

/// What this process uses, as the kernel tells it in /proc (proc(5)). Zero where /proc is not there.
public struct ProcessUsage: Hashable, Sendable {
    /// Nanoseconds on a processor, all threads together.
    public var processorTime: Int64
    public var residentBytes: Int = 0
    public var virtualBytes: Int = 0
    public var threads: Int = 0
    /// Seconds since 1970 at which the process began.
    public var startedAt: Double = 0
    public var openFiles: Int = 0
    /// What RLIMIT_NOFILE allows.
    public var mostFiles: UInt64 = 0

    /// As it is now. Reads a few files of /proc: fractions of a millisecond.
    public init() {
        processorTime = Clocks.processorTime
        // The program's name stands in parentheses, and may hold parentheses and spaces itself.
        let fields = Self.text("/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
        // Counted from the field behind the name, which is the third.
        func field(_ number: Int) -> Int { fields.count > number - 3 ? Int(fields[number - 3]) ?? 0 : 0 }
        threads = field(20)
        virtualBytes = field(23)
        residentBytes = field(24) * Int(sysconf(Int32(_SC_PAGESIZE)))
        let boot = Self.text("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
        if let boot = boot.flatMap({ Double($0.dropFirst(6)) }) {
            startedAt = boot + Double(field(22)) / Double(sysconf(Int32(_SC_CLK_TCK)))
        }
        openFiles = (try? Folders.names(in: "/proc/self/fd").count) ?? 0
        var limit = rlimit()
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            mostFiles = UInt64(limit.rlim_cur)
        }
    }

    private static func text(_ path: String) -> String {
        guard let bytes = try? Paths.contents(path, limit: 1 << 20) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}
