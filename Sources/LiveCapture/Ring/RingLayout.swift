/// Where things are in a TPACKET_V3 ring (linux/if_packet.h). The numbers are part of the kernel's interface to
/// programs; CLinux proves each against the headers.
@usableFromInline
enum RingLayout {
    /// Within a block: who owns it, how many packets it has, and where its first one is.
    @inlinable static var blockStatus: Int { 8 }
    @inlinable static var packetCount: Int { 12 }
    @inlinable static var firstPacket: Int { 16 }
    @inlinable static var blockHeader: Int { 48 }

    /// Within a packet's header. All words are the machine's own order.
    @inlinable static var nextPacket: Int { 0 }
    @inlinable static var seconds: Int { 4 }
    @inlinable static var nanoseconds: Int { 8 }
    @inlinable static var capturedLength: Int { 12 }
    @inlinable static var originalLength: Int { 16 }
    @inlinable static var status: Int { 20 }
    @inlinable static var linkHeader: Int { 24 }
    @inlinable static var networkHeader: Int { 26 }
    @inlinable static var tag: Int { 32 }
    @inlinable static var tagProtocol: Int { 36 }
    /// The address (struct sockaddr_ll) behind it.
    @inlinable static var interface: Int { 48 + 4 }
    @inlinable static var hardware: Int { 48 + 8 }
    @inlinable static var packetType: Int { 48 + 10 }
    /// Header and address.
    @inlinable static var packetHeader: Int { 48 + 20 }

    /// Block status: the block is ours (TP_STATUS_USER), or the kernel's.
    @inlinable static var isOurs: UInt32 { 1 }
    @inlinable static var isKernels: UInt32 { 0 }
    /// Packet status: the tag that was taken off the frame is told, and which kind of tag it was.
    @inlinable static var hasTag: UInt32 { 1 << 4 }
    @inlinable static var hasTagProtocol: UInt32 { 1 << 6 }
    /// Packet type: sent by this machine (PACKET_OUTGOING).
    @inlinable static var outgoing: UInt8 { 4 }
}

/// Kinds of interfaces (linux/if_arp.h).
@usableFromInline
enum HardwareType {
    @inlinable static var ethernet: UInt16 { 1 }
    @inlinable static var loopback: UInt16 { 772 }
    @inlinable static var wireless: UInt16 { 801 }
    @inlinable static var wirelessRadiotap: UInt16 { 803 }
}
