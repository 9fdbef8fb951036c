import PacketDecoding
public import Primitives

/// The header that the kernel puts before a packet, loaded once. Its places are offsets from the header's beginning;
/// nothing is checked yet.
@usableFromInline
struct RingHeader {
    @usableFromInline let time: Timestamp
    /// Bytes to the next header; 0 behind the last one.
    @usableFromInline let step: Int
    @usableFromInline let captured: Int
    @usableFromInline let original: Int
    @usableFromInline let link: Int
    @usableFromInline let network: Int
    @usableFromInline let status: UInt32
    @usableFromInline let interface: UInt32
    @usableFromInline let hardware: UInt16
    @usableFromInline let isOutgoing: Bool

    /// The first index of an interface that no `InterfaceID` holds.
    /// - Limit: interfaces by the kernel's index |  | packets of further ones have no interface, and are counted
    @inlinable static var interfaceLimit: UInt32 { 65_535 }

    @inlinable @inline(__always)
    init(_ bytes: RawSpan) {
        time = Timestamp(
            nanoseconds: Int64(bytes.little32(at: RingLayout.seconds)) &* 1_000_000_000
                &+ Int64(bytes.little32(at: RingLayout.nanoseconds)))
        step = Int(bytes.little32(at: RingLayout.nextPacket))
        captured = Int(bytes.little32(at: RingLayout.capturedLength))
        original = Int(bytes.little32(at: RingLayout.originalLength))
        link = Int(bytes.little16(at: RingLayout.linkHeader))
        network = Int(bytes.little16(at: RingLayout.networkHeader))
        status = bytes.little32(at: RingLayout.status)
        interface = bytes.little32(at: RingLayout.interface)
        hardware = bytes.little16(at: RingLayout.hardware)
        isOutgoing = bytes.byte(at: RingLayout.packetType) == RingLayout.outgoing
    }

    /// An Ethernet frame as it was on the wire, of an interface that has an `InterfaceID`.
    @inlinable
    var isCommon: Bool {
        @inline(__always) get {
            hardware == HardwareType.ethernet && status & RingLayout.hasTag == 0 && interface < Self.interfaceLimit
        }
    }

    /// The tag that was taken off: its EtherType and its value.
    func tag(in bytes: RawSpan) -> (kind: UInt16, value: UInt16) {
        (
            status & RingLayout.hasTagProtocol != 0 ? bytes.little16(at: RingLayout.tagProtocol) : 0x8100,
            bytes.little16(at: RingLayout.tag)
        )
    }
}
