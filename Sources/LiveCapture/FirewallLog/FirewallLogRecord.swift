import Netlink
package import PacketDecoding
package import Primitives

/// What the source itself must know of a record (NFULNL_MSG_PACKET) before anybody decodes it: one walk over its
/// attributes, no more loads than needed. The walk believes nothing: a length that lies makes the record damaged.
package struct FirewallLogRecord {
    /// NFNL_SUBSYS_ULOG and NFULNL_MSG_PACKET.
    package static var messageType: UInt16 { 0x0400 }
    /// Family, version, group: what stands before the attributes (struct nfgenmsg).
    static var headerSize: Int { 4 }

    package var family: UInt8 = 0
    package var group: UInt16 = 0
    package var hook: UInt8?
    package var sequence: UInt32?
    /// When the kernel saw the packet; nil on the way out of the machine.
    package var time: Timestamp?
    /// The kernel's indexes; 0 is none.
    package var input: UInt32 = 0
    package var output: UInt32 = 0
    /// The ports of a bridge, where the record has them.
    var bridgeInput: UInt32 = 0
    var bridgeOutput: UInt32 = 0
    /// The packet itself.
    package var packet: Range<Int>?

    /// Reads the record at `payload` of a datagram; nil where it is damaged.
    @inline(__always)
    package init?(_ bytes: RawSpan, _ payload: Range<Int>) {
        guard payload.count >= FirewallLogRecord.headerSize, bytes.holds(payload.count, at: payload.lowerBound) else {
            return nil
        }
        family = bytes.byte(at: payload.lowerBound)
        group = bytes.big16(at: payload.lowerBound + 2)
        var attributes = NetlinkAttributes(payload, after: FirewallLogRecord.headerSize)
        while let attribute = attributes.next(in: bytes) {
            // The numbers of enum nfulnl_attr_type.
            switch attribute.type {
            case 1 where attribute.value.count >= 3: hook = bytes.byte(at: attribute.value.lowerBound + 2)
            case 3: note(time: attribute, bytes)
            case 4: input = attribute.big32(in: bytes) ?? 0
            case 5: output = attribute.big32(in: bytes) ?? 0
            case 6: bridgeInput = attribute.big32(in: bytes) ?? 0
            case 7: bridgeOutput = attribute.big32(in: bytes) ?? 0
            case 9: packet = attribute.value
            case 12: sequence = attribute.big32(in: bytes)
            default: break
            }
        }
        if attributes.isDamaged { return nil }
        if input == 0, output == 0 {
            input = bridgeInput
            output = bridgeOutput
        }
    }

    /// Seconds and microseconds; what cannot be a fraction of a second is no time.
    @inline(__always)
    private mutating func note(time attribute: NetlinkAttribute, _ bytes: RawSpan) {
        guard attribute.value.count >= 16 else { return }
        let seconds = bytes.big64(at: attribute.value.lowerBound)
        let micros = bytes.big64(at: attribute.value.lowerBound + 8)
        guard seconds > 0, seconds <= UInt64(Int64.max), micros < 1_000_000 else { return }
        time = Timestamp(seconds: Int64(seconds), nanoseconds: Int64(micros) * 1000)
    }

    /// Which way the packet went.
    @inline(__always)
    package var direction: FrameDirection {
        FrameDirection(logFamily: family, hook: hook, hasInput: input != 0, hasOutput: output != 0)
    }

    /// Bytes of the packet on the wire, from its own header; what was copied, where that does not say.
    @inline(__always)
    package func wireLength(_ bytes: RawSpan) -> Int {
        guard let packet else { return 0 }
        guard packet.count >= 6 else { return packet.count }
        switch bytes.byte(at: packet.lowerBound) >> 4 {
        case 4: return max(packet.count, Int(bytes.big16(at: packet.lowerBound + 2)))
        case 6: return max(packet.count, Int(bytes.big16(at: packet.lowerBound + 4)) + 40)
        default: return packet.count
        }
    }
}
