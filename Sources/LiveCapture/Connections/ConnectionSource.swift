import Netlink
import Primitives
import Records
import SystemCalls

/// The kernel's connections as they begin, change and end (conntrack events).
///
/// Existing connections are not asked for when it is opened: the end of one that began before makes an event like any
/// other, whose start is known where the kernel keeps time stamps (`ConnectionTracking`). One thread owns it.
public struct ConnectionSource: ~Copyable {
    /// Which events, and how much memory.
    public struct Options: Hashable, Sendable {
        /// Changes are many, one for each state of each TCP connection, and a log of ends does not need them.
        public var includesUpdates = false
        /// Bytes of the socket's buffer, as the kernel counts.
        public var receiveBuffer: Int = 16 << 20
        /// Connections whose start is remembered, for kernels that keep no time stamps. 56 bytes each.
        /// - Limit: connections whose start is remembered |  | the oldest make room: a line without its duration
        public var rememberedStarts: Int = 65_536
        /// Of the table of starts: new for each run.
        public var seed: UInt64

        public init(seed: UInt64) { self.seed = seed }
    }

    /// Datagrams that one batch holds at most; each is one event.
    private static let mostDatagrams = 64

    private let socket: NetlinkSocket
    private var buffer = NetlinkBuffer(capacity: 64 << 10)
    /// Where the batch's datagrams end, and which one is read.
    private var ends: InlineArray<64, Int> = .init(repeating: 0)
    private var datagrams = 0
    private var datagram = 0
    private var messages = NetlinkMessages(count: 0)
    private var received = Timestamp(nanoseconds: 0)
    private var starts: StartTimes
    private var counted = SourceCounters()
    private var lastDropped: UInt32 = 0

    /// Starts that had to be forgotten while their connections were there.
    public var forgottenStarts: Int { starts.evicted }

    /// Joins the kernel's groups of connection events. Needs CAP_NET_ADMIN.
    public init(_ options: Options) throws(SourceError) {
        socket = try ConnectionSource.open(options)
        starts = StartTimes(capacity: options.rememberedStarts, seed: options.seed)
    }

    private static func open(_ options: Options) throws(SourceError) -> NetlinkSocket {
        do throws(NetlinkError) {
            let socket = try NetlinkSocket(.netfilter)
            try socket.setReceiveBuffer(options.receiveBuffer)
            // The kernel counts each event that finds no room: that is more than an error says.
            try socket.setReportsOverruns(false)
            // NFNLGRP_CONNTRACK_NEW, _UPDATE, _DESTROY.
            for group in options.includesUpdates ? [1, 2, 3] as [UInt32] : [1, 3] { try socket.join(group: group) }
            return socket
        } catch {
            let lacksPrivilege = error.errno == .notPermitted
            throw SourceError(
                doing: "opening the connection log",
                reason: lacksPrivilege ? "this process lacks CAP_NET_ADMIN" : "\(error)",
                remedy: lacksPrivilege
                    ? Privileges.remedy : "The kernel must have NF_CT_NETLINK: modprobe nf_conntrack_netlink")
        }
    }

    /// Waits for events, a fifth of a second at most, and takes what is there.
    public mutating func nextBatch() throws(SourceError) -> SourceBatch {
        do throws(NetlinkError) {
            try gather()
            if datagrams == 0, try socket.wait(milliseconds: FirewallLogSource.patience) { try gather() }
        } catch {
            throw SourceError(doing: "reading connection events", reason: "\(error)", isTemporary: true)
        }
        guard datagrams > 0 else { return .idle }
        received = Clocks.wall
        return .packets
    }

    private mutating func gather() throws(NetlinkError) {
        buffer.removeAll()
        datagrams = 0
        datagram = 0
        messages = NetlinkMessages(count: 0)
        // An event has less than 1 KiB; with less room than that the next one waits for its batch.
        while datagrams < ConnectionSource.mostDatagrams, buffer.capacity - buffer.count >= 4096 {
            switch try socket.receive(behind: &buffer) {
            case .datagram:
                ends[datagrams] = buffer.count
                datagrams += 1
            case .truncated, .stranger: counted.malformed += 1
            case .nothing, .overrun: return
            }
        }
    }

    /// The next event of the batch; nil at its end.
    public mutating func next() -> ConnectionEvent? {
        var walk = messages
        defer { messages = walk }
        while true {
            while let message = walk.next(in: buffer.bytes) {
                // IPCTNL_MSG_CT_NEW and _DELETE; others are not ours.
                guard message.type == 0x0100 || message.type == 0x0102 else { continue }
                guard var event = ConnectionEvent(buffer.bytes, message, received: received) else {
                    counted.malformed += 1
                    continue
                }
                starts.settle(&event)
                counted.packets += 1
                return event
            }
            if walk.isDamaged { counted.malformed += 1 }
            guard datagram < datagrams else {
                walk = NetlinkMessages(count: 0)
                return nil
            }
            let start = datagram == 0 ? 0 : (ends[datagram - 1] + 3) & ~3
            walk = NetlinkMessages(start..<max(start, ends[datagram]))
            datagram += 1
        }
    }

    /// What happened so far: `packets` are events, and `dropped` those that found no room in the socket's buffer, each
    /// one counted by the kernel.
    public mutating func counters() -> SourceCounters {
        let memory = socket.memory()
        counted.fill = memory.fill
        counted.dropped += UInt64(memory.dropped &- lastDropped)
        lastDropped = memory.dropped
        return counted
    }
}
