public import PacketDecoding
import Primitives
public import SystemCalls

/// Packets of this machine's interfaces, from a ring that the kernel fills (AF_PACKET, TPACKET_V3).
///
/// One ring sees the frames of all interfaces, of those too that come later; that one goes down or vanishes ends
/// nothing. It opens shut: nothing arrives before `attach` says what shall. Where several workers share the load, each
/// opens a ring of one group (`RingOptions.fanout`), and then all of them are attached.
///
/// Frames come as Ethernet, with the VLAN tag that the kernel took off put back, or as raw IP where the interface has
/// no link header that matters (tun, PPP, WireGuard, tunnels). `frame.interface` is the kernel's index.
///
/// Direction: what this machine sent is outgoing, everything else was received and is incoming; so are frames for
/// others that came in promiscuous mode, since on that interface they did come in. A packet that this machine sends to
/// itself is seen on the loopback interface when it leaves and when it arrives: only its arrival is handed out, as
/// libpcap does it.
///
/// Time stamps are the kernel's clock in nanoseconds. A packet's bytes are borrowed from the ring; they are valid until
/// the next call of `next` or `nextBatch`. A batch is a block, which goes back to the kernel with the next `nextBatch`.
public struct PacketRing: ~Copyable, PacketSource {
    // Behind a pointer, since the compiler copies a struct that it borrows from.
    @usableFromInline let walk: UnsafeMutablePointer<RingWalk>
    private let socket: PacketSocket
    private var poll: Poll
    private var program = KernelFilter.shut
    private var interfaces: Set<UInt32>?
    private var promiscuous: Set<UInt32> = []

    /// The group that further rings join (`RingFanout.member`); nil for a ring of its own.
    public let fanoutGroup: UInt16?
    /// How often the ring was full, and frames were dropped until a block came back.
    public private(set) var freezes: UInt64 = 0

    /// How long `nextBatch` waits at most, in milliseconds.
    public static let patience: Int32 = 200

    /// Opens a ring, shut. Throws where the privilege is missing, or the memory for the ring.
    public init(_ options: RingOptions = RingOptions()) throws(SourceError) {
        try Self.check(options)
        let socket = try Self.doing("opening a packet socket") { () throws(SystemCallError) in try PacketSocket() }
        try Self.doing("shutting the filter") { () throws(SystemCallError) in try socket.attach(KernelFilter.shut) }
        let map = try Self.doing("making the ring") { () throws(SystemCallError) in
            try socket.makeRing(
                blockSize: options.blockSize, blockCount: options.blockCount,
                retireMilliseconds: options.retireMilliseconds)
        }
        try Self.doing("starting to capture") { () throws(SystemCallError) in try socket.start() }
        let group = try Self.join(options.fanout, socket)
        let listening = try Self.listen(promiscuously: options.promiscuous, socket)
        var walk = RingWalk(map, blockSize: options.blockSize, blockCount: options.blockCount)
        walk.watched = options.interfaces.map(InterfaceSet.init)
        self.init(socket, walk, fanoutGroup: group, wakeDescriptor: options.wakeDescriptor)
        interfaces = options.interfaces
        promiscuous = listening
    }

    private init(
        _ socket: consuming PacketSocket, _ walk: consuming RingWalk, fanoutGroup: UInt16?, wakeDescriptor: Int32?
    ) {
        var poll = Poll(readable: socket.number)
        if let wakeDescriptor { poll.add(wakeDescriptor, for: .readable) }
        self.poll = poll
        self.socket = socket
        self.fanoutGroup = fanoutGroup
        self.walk = .allocate(capacity: 1)
        self.walk.initialize(to: walk)
    }

    deinit {
        walk.deinitialize(count: 1)
        walk.deallocate()
    }

    public mutating func nextBatch() throws(SourceError) -> SourceBatch {
        if walk.pointee.takeBlock() { return .packets }
        let isReady = try waitForBlock()
        guard isReady, walk.pointee.takeBlock() else { return .idle }
        return .packets
    }

    @inlinable @inline(__always)
    public mutating func next() -> Frame? { walk.pointee.next() }

    @inlinable
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        @inline(__always) get {
            let span = walk.pointee.map.bytes(at: walk.pointee.packetStart, count: walk.pointee.packetLength)
            return _overrideLifetime(span, borrowing: self)
        }
    }

    public mutating func counters() -> SourceCounters {
        // Asking clears the kernel's counters; that it fails for an open socket is out of the question.
        if let statistics = try? socket.takeStatistics() {
            walk.pointee.counters.dropped &+= UInt64(statistics.dropped)
            freezes &+= UInt64(statistics.freezes)
        }
        walk.pointee.counters.fill = walk.pointee.fill
        return walk.pointee.counters
    }

    /// Packets of interfaces whose index no `InterfaceID` holds; they were handed out without one.
    public var packetsWithoutInterface: UInt64 { walk.pointee.unnumbered }

    private mutating func waitForBlock() throws(SourceError) -> Bool {
        let isReady: Bool
        do {
            isReady = try poll.wait(milliseconds: Self.patience)
        } catch {
            throw SourceError(capturing: "waiting for packets", error)
        }
        guard isReady, !poll[0].isDisjoint(with: .fault) else { return isReady }
        // An interface that goes down says so to everybody who listens to it; the others go on.
        guard let errno = try? socket.takePendingError(), errno != .networkDown else { return true }
        throw SourceError(capturing: "waiting for packets", SystemCallError(errno: errno, call: "poll"))
    }
}

extension PacketRing {
    /// Lets through what `program` accepts, in place of the program before, in one step and without losing a packet.
    ///
    /// The program sees Ethernet frames, but its offsets must count from the network header (SKF_NET_OFF), since not
    /// every interface has Ethernet frames. What is in the ring already was let through by the program before; whoever
    /// asks for less sorts it out. Throws where the kernel does not take the program.
    public mutating func attach(_ program: [FilterInstruction]) throws(SourceError) {
        let before = self.program
        self.program = program
        do {
            try attachFilter()
        } catch {
            self.program = before
            throw error
        }
    }

    /// Hands out frames of these interfaces only; nil is all. Takes effect at once, for what is in the ring too.
    public mutating func watch(_ interfaces: Set<UInt32>?) throws(SourceError) {
        self.interfaces = interfaces
        walk.pointee.watched = interfaces.map(InterfaceSet.init)
        try attachFilter()
    }

    /// Receives the frames of others too, on these interfaces and no longer on other ones. An interface that is not
    /// there (any more) is passed over; ask again when it came.
    public mutating func listen(promiscuously interfaces: Set<UInt32>) throws(SourceError) {
        for interface in promiscuous.subtracting(interfaces) {
            // Only fails where the interface is gone, and the wish with it.
            try? socket.setPromiscuous(interface: interface, false)
            promiscuous.remove(interface)
        }
        promiscuous.formUnion(try Self.listen(promiscuously: interfaces.subtracting(promiscuous), socket))
    }

    /// Returns those of `interfaces` that are there.
    private static func listen(
        promiscuously interfaces: Set<UInt32>, _ socket: borrowing PacketSocket
    ) throws(SourceError) -> Set<UInt32> {
        var found: Set<UInt32> = []
        for interface in interfaces.sorted() {
            do {
                try socket.setPromiscuous(interface: interface, true)
                found.insert(interface)
            } catch  where error.errno == .noSuchDevice {
                continue
            } catch {
                throw SourceError(capturing: "making interface \(interface) promiscuous", error)
            }
        }
        return found
    }

    private func attachFilter() throws(SourceError) {
        let program = KernelFilter.instructions(program, interfaces: interfaces)
        try Self.doing("attaching a filter of \(program.count) instructions") { () throws(SystemCallError) in
            try socket.attach(program)
        }
    }

    private static func join(
        _ fanout: RingFanout, _ socket: borrowing PacketSocket
    ) throws(SourceError) -> UInt16? {
        do {
            switch fanout {
            case .none: return nil
            case .first(let seed):
                let group = try socket.makeFanoutGroup()
                try socket.setFanoutProgram(FanoutProgram.instructions(seed: seed))
                return group
            case .member(let group):
                try socket.joinFanoutGroup(group)
                return group
            }
        } catch {
            throw SourceError(capturing: "sharing the packets with other rings", error)
        }
    }

    private static func check(_ options: RingOptions) throws(SourceError) {
        let size = options.blockSize
        guard size >= 4_096, size <= 1 << 30, size & (size - 1) == 0, 2...65_536 ~= options.blockCount,
            size <= Int(UInt32.max) / options.blockCount
        else {
            throw SourceError(
                doing: "making the ring",
                reason: "\(options.blockCount) blocks of \(size) bytes are no shape for a ring",
                remedy: "A block is a power of two from 4,096 bytes on, a ring has at least two, and 4 GiB at most.")
        }
    }

    private static func doing<Result: ~Copyable>(
        _ what: @autoclosure () -> String, _ body: () throws(SystemCallError) -> Result
    ) throws(SourceError) -> Result {
        do {
            return try body()
        } catch {
            throw SourceError(capturing: what(), error)
        }
    }
}
