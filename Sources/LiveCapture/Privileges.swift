import SystemCalls

/// What this process needs from an administrator to see packets.
public enum Privileges {
    /// "Grant it: sudo setcap cap_net_admin,cap_net_raw+ep /path/of/this/program", or to start it as root where the
    /// path is not known.
    public static var remedy: String {
        guard let path = Paths.ofThisProgram else { return "Start it as root." }
        return "Grant it: sudo setcap cap_net_admin,cap_net_raw+ep \(path)"
    }
}
