import SystemCalls

/// What the kernel's connection tracking is told to keep: facts for `status`. Nothing is changed here.
public struct ConnectionTracking: Hashable, Sendable {
    /// A switch of the kernel that Connection lines depend on.
    public struct Switch: Hashable, Sendable {
        /// "net.netfilter.nf_conntrack_acct".
        public var name: String
        /// Nil where the kernel has no such switch: it tracks no connections (yet).
        public var isOn: Bool?
        /// What is amiss while it is off: "Connection lines lack bytes and packets".
        public var lacking: String

        /// "/proc/sys/net/netfilter/nf_conntrack_acct".
        public var path: String { "/proc/sys/" + name.split(separator: ".").joined(separator: "/") }
        /// What turns it on: "sudo sysctl -w net.netfilter.nf_conntrack_acct=1".
        public var command: String { "sudo sysctl -w \(name)=1" }
        /// A sentence for `status`; nil where nothing is amiss.
        public var problem: String? {
            isOn == false ? "\(lacking): \(name) is off. Turn it on: \(command)" : nil
        }
    }

    /// Counting of packets and bytes.
    public var accounting: Switch
    /// Times of start and end.
    public var timestamps: Switch
    /// Events of all connections. The kernel's default (2) makes them only for connections that began while somebody
    /// listened, which counts as off here.
    public var events: Switch
    /// Connections that are tracked now, and at most; nil where the kernel does not say.
    public var count: Int?
    public var most: Int?

    /// All switches, in this order.
    public var switches: [Switch] { [accounting, timestamps, events] }

    /// What holds in the calling thread's network now.
    public static func current() -> ConnectionTracking {
        func number(_ name: String) -> Int? {
            guard let bytes = try? Paths.contents("/proc/sys/net/netfilter/\(name)", limit: 64) else { return nil }
            return Int(String(decoding: bytes, as: UTF8.self).filter(\.isNumber))
        }
        func kernelSwitch(_ name: String, _ lacking: String, isOn: (Int) -> Bool = { $0 != 0 }) -> Switch {
            Switch(name: "net.netfilter.\(name)", isOn: number(name).map(isOn), lacking: lacking)
        }
        return ConnectionTracking(
            accounting: kernelSwitch("nf_conntrack_acct", "Connection lines lack bytes and packets"),
            timestamps: kernelSwitch(
                "nf_conntrack_timestamp",
                "Connection lines lack the duration of connections that began before the start"),
            events: kernelSwitch(
                "nf_conntrack_events", "Connections that began before the start make no line", isOn: { $0 == 1 }),
            count: number("nf_conntrack_count"), most: number("nf_conntrack_max"))
    }
}
