import CLinux

/// What this machine and this process are.
public enum Machine {
    /// The name of this machine (gethostname(2)).
    public static var hostName: String { identity { $0.nodename } }

    /// "Linux 6.1.0", as uname(2) tells it.
    public static var operatingSystem: String { "\(identity { $0.sysname }) \(identity { $0.release })" }

    /// The number of this process.
    public static var processID: Int32 { getpid() }

    /// Resident memory of this process, in bytes; 0 where /proc is not there.
    public static var residentBytes: Int {
        guard let bytes = try? Paths.contents("/proc/self/statm", limit: 4096) else { return 0 }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// A field of uname(2), which ends at its first zero.
    private static func identity<Field>(_ field: (utsname) -> Field) -> String {
        var names = utsname()
        guard unsafe uname(&names) == 0 else { return "unknown" }
        let value = field(names)
        return unsafe withUnsafeBytes(of: value) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
