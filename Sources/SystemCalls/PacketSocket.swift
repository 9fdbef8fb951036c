import CLinux

/// One instruction of classic BPF, as the kernel's `struct sock_filter` has it (linux/filter.h).
public struct FilterInstruction: Hashable, Sendable {
    public var code: UInt16
    /// Instructions to pass over where a comparison is true.
    public var jumpIfTrue: UInt8
    /// Instructions to pass over where it is false.
    public var jumpIfFalse: UInt8
    public var operand: UInt32

    public init(code: UInt16, jumpIfTrue: UInt8 = 0, jumpIfFalse: UInt8 = 0, operand: UInt32) {
        self.code = code
        self.jumpIfTrue = jumpIfTrue
        self.jumpIfFalse = jumpIfFalse
        self.operand = operand
    }
}

/// A socket that receives link-layer frames of all interfaces into a TPACKET_V3 ring (packet(7),
/// Documentation/networking/packet_mmap.rst). Needs CAP_NET_RAW.
public struct PacketSocket: ~Copyable, Sendable {
    private let socket: Socket

    /// The number by which the kernel knows it, for waiting (poll(2): readable once a block is full or its time is up).
    public var number: Int32 { socket.number }

    /// A socket that receives nothing until `start`.
    public init() throws(SystemCallError) {
        socket = try Socket(domain: AF_PACKET, type: Int32(SOCK_RAW.rawValue))
    }

    /// Makes the ring and maps it: `blockCount` blocks of `blockSize` bytes, a multiple of the page size and a power of
    /// two. A block is handed over when it is full, or `retireMilliseconds` after its first packet.
    public func makeRing(
        blockSize: Int, blockCount: Int, retireMilliseconds: Int
    ) throws(SystemCallError) -> MemoryMap {
        let frameSize = 2_048
        var request = tpacket_req3()
        request.tp_block_size = UInt32(clamping: blockSize)
        request.tp_block_nr = UInt32(clamping: blockCount)
        request.tp_frame_size = UInt32(frameSize)
        request.tp_frame_nr = UInt32(clamping: blockSize / frameSize * blockCount)
        request.tp_retire_blk_tov = UInt32(clamping: retireMilliseconds)
        try socket.set(.packet(PACKET_VERSION), to: Int32(TPACKET_V3.rawValue))
        try socket.set(.packet(PACKET_RX_RING), to: request)
        return try MemoryMap(sharing: number, count: blockSize * blockCount, writable: true)
    }

    /// Receives frames of all protocols from now on, of all interfaces that are there and that will come.
    public func start() throws(SystemCallError) {
        var address = sockaddr_ll()
        address.sll_family = UInt16(AF_PACKET)
        address.sll_protocol = UInt16(ETH_P_ALL).bigEndian
        try socket.bind(to: address)
    }

    /// Lets only through what `program` accepts, in place of the program before, in one step.
    public func attach(_ program: [FilterInstruction]) throws(SystemCallError) {
        try set(program, SOL_SOCKET, SO_ATTACH_FILTER)
    }

    /// Makes a group of sockets that share the frames, of which the kernel chooses the number; returns it. After `start`.
    public func makeFanoutGroup() throws(SystemCallError) -> UInt16 {
        try socket.set(.packet(PACKET_FANOUT), to: fanoutKind | UInt32(PACKET_FANOUT_FLAG_UNIQUEID) << 16)
        let answer = try socket.value(of: .packet(PACKET_FANOUT), initial: UInt32(0))
        return UInt16(truncatingIfNeeded: answer)
    }

    /// Joins a group that another socket has made. After `start`.
    public func joinFanoutGroup(_ group: UInt16) throws(SystemCallError) {
        try socket.set(.packet(PACKET_FANOUT), to: fanoutKind | UInt32(group))
    }

    /// Spreads the group's frames by what `program` returns of each, modulo the number of sockets.
    public func setFanoutProgram(_ program: [FilterInstruction]) throws(SystemCallError) {
        try set(program, SOL_PACKET, PACKET_FANOUT_DATA)
    }

    private var fanoutKind: UInt32 { UInt32(PACKET_FANOUT_CBPF) << 16 }

    /// Asks an interface to receive the frames of others too, or no longer. The kernel counts who asks, and forgets
    /// what a socket asked for when it is closed.
    public func setPromiscuous(interface: UInt32, _ isOn: Bool) throws(SystemCallError) {
        var request = packet_mreq()
        request.mr_ifindex = Int32(bitPattern: interface)
        request.mr_type = UInt16(PACKET_MR_PROMISC)
        try socket.set(.packet(isOn ? PACKET_ADD_MEMBERSHIP : PACKET_DROP_MEMBERSHIP), to: request)
    }

    /// What the ring could not take since it was last asked.
    public func takeStatistics() throws(SystemCallError) -> PacketSocketStatistics {
        let answer = try socket.value(of: .packet(PACKET_STATISTICS), initial: tpacket_stats_v3())
        return PacketSocketStatistics(dropped: answer.tp_drops, freezes: answer.tp_freeze_q_cnt)
    }

    /// What went wrong since it was last asked; nil where nothing did.
    public func takePendingError() throws(SystemCallError) -> Errno? {
        let number = try socket.value(of: .pendingError, initial: Int32(0))
        return number == 0 ? nil : Errno(rawValue: number)
    }

    private func set(_ program: [FilterInstruction], _ level: Int32, _ option: Int32) throws(SystemCallError) {
        try FilterInstruction.attach(program, to: number, level, option)
    }
}

extension FilterInstruction {
    /// Hands a program to the kernel, which checks it, whatever the socket is.
    static func attach(
        _ program: [FilterInstruction], to socket: Int32, _ level: Int32 = SOL_SOCKET,
        _ option: Int32 = SO_ATTACH_FILTER
    ) throws(SystemCallError) {
        let instructions = program.map {
            sock_filter(code: $0.code, jt: $0.jumpIfTrue, jf: $0.jumpIfFalse, k: $0.operand)
        }
        _ = try checked("setsockopt") {
            unsafe gatelog_set_program(socket, level, option, instructions, UInt16(clamping: instructions.count))
        }
    }
}

/// Frames that a packet socket's ring had no room for.
public struct PacketSocketStatistics: Hashable, Sendable {
    public let dropped: UInt32
    /// How often the ring was full.
    public let freezes: UInt32
}

extension SocketOption {
    fileprivate static func packet(_ number: Int32) -> SocketOption { SocketOption(level: SOL_PACKET, number: number) }
}
