import SystemCalls

extension SourceError {
    /// A call of the kernel's that failed; where a privilege is missing, which one and how it is granted.
    init(_ doing: String, _ error: SystemCallError) {
        self.init(doing: doing, reason: error.description, remedy: Self.remedy(error.errno))
    }

    private static func remedy(_ errno: Errno) -> String? {
        switch errno {
        case .notPermitted, .accessDenied:
            let program = Paths.executable ?? "PROGRAM"
            return "Capturing needs the capability CAP_NET_RAW: run as root, or grant it with "
                + "`sudo setcap cap_net_raw,cap_net_admin=ep \(quoted(program))`."
        case .outOfMemory: return "Make the ring smaller: its memory is taken from the kernel."
        case .noSuchFamily: return "This kernel has no packet sockets (CONFIG_PACKET)."
        default: return nil
        }
    }

    private static func quoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isPlain
            ? path : "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
