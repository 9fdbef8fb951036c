import SystemCalls

extension SourceError {
    /// A call of the kernel's that failed while capturing; where a privilege is missing, which one and how it is
    /// granted.
    init(capturing doing: String, _ error: SystemCallError) {
        switch error.errno {
        case .notPermitted, .accessDenied:
            self.init(doing: doing, reason: "this process lacks CAP_NET_RAW", remedy: Privileges.remedy)
        case .outOfMemory:
            self.init(
                doing: doing, reason: error.description,
                remedy: "The kernel has not that much memory in one piece for a ring: make it smaller.")
        case .noSuchFamily:
            self.init(
                doing: doing, reason: error.description, remedy: "This kernel lacks packet sockets (CONFIG_PACKET).")
        default:
            self.init(doing: doing, reason: error.description)
        }
    }
}
