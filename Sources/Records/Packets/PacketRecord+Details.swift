import PacketDecoding
import Primitives

// `%PAYLOAD%`: what a protocol has to say about itself.

extension PacketRecord {
    /// The protocol's details behind `separator`; neither, where there is nothing to say.
    @inline(__always)
    func appendDetails(after separator: ShortText, _ flags: borrowing FlagTexts, to buffer: inout ByteBuffer) {
        if present.contains(.laterFragment) {
            buffer.append(separator)
            appendFragment(to: &buffer)
        } else if present.contains(.tcpFlags) {
            buffer.append(separator)
            appendTCP(flags, to: &buffer)
        } else if present.contains(.udp) {
            guard present.contains(.payload) else { return }
            buffer.append(separator)
            buffer.append("udplen:")
            buffer.append(decimal: payloadLength)
        } else if present.contains(.icmp) {
            buffer.append(separator)
            appendICMP(to: &buffer)
        }
    }

    /// `flags:[ ACK PSH ], seq:1 ack:2, win:3, tcplen:4`; a header that is cut off ends earlier.
    @inline(__always)
    private func appendTCP(_ flags: borrowing FlagTexts, to buffer: inout ByteBuffer) {
        flags.append(tcpFlags, to: &buffer)
        buffer.append(decimal: tcpSequence)
        buffer.append(" ack:")
        buffer.append(decimal: tcpAcknowledgement)
        guard present.contains(.tcp) else { return }
        buffer.append(", win:")
        buffer.append(decimal: UInt32(tcpWindow))
        guard present.contains(.payload) else { return }
        buffer.append(", tcplen:")
        buffer.append(decimal: payloadLength)
    }

    /// `type:8 code:0 id:4 seq:9 ttl:54`, or without `id` and `seq`.
    private func appendICMP(to buffer: inout ByteBuffer) {
        buffer.append("type:")
        buffer.append(decimal: UInt32(icmpType))
        buffer.append(" code:")
        buffer.append(decimal: UInt32(icmpCode))
        if hasEcho {
            buffer.append(" id:")
            buffer.append(decimal: UInt32(icmpID))
            buffer.append(" seq:")
            buffer.append(decimal: UInt32(icmpSequence))
        }
        buffer.append(" ttl:")
        buffer.append(decimal: UInt32(ttl))
    }

    /// `frag:1480+520 id:4660`: where the fragment begins and how many bytes it brings.
    private func appendFragment(to buffer: inout ByteBuffer) {
        buffer.append("frag:")
        buffer.append(decimal: fragmentOffset)
        if present.contains(.payload) {
            buffer.append(UInt8(ascii: "+"))
            buffer.append(decimal: payloadLength)
        }
        buffer.append(" id:")
        buffer.append(decimal: identification)
    }
}

/// What stands before the sequence number, for every set of flags, made once: `flags:[ SYN ], seq:`.
struct FlagTexts: ~Copyable {
    /// In the order of a line.
    static let names: [(bit: UInt8, name: StaticString)] = [
        (1, "FIN"), (2, "SYN"), (4, "RST"), (16, "ACK"), (8, "PSH"), (32, "URG"),
    ]

    private var texts = ByteBuffer(capacity: 64 * 48)
    private var ends: InlineArray<65, Int32> = .init(repeating: 0)

    init(_ dialect: LogDialect) {
        for flags: UInt8 in 0..<64 {
            texts.append(dialect == .control ? "flags:[ " : "flags: ")
            let start = texts.count
            for (bit, name) in FlagTexts.names where flags & bit != 0 {
                if dialect == .winroute, texts.count > start { texts.append(" ") }
                texts.append(name)
                if dialect == .control { texts.append(" ") }
            }
            texts.append(dialect == .control ? "], seq:" : ", seq:")
            ends[Int(flags) + 1] = Int32(texts.count)
        }
    }

    @inline(__always)
    func append(_ flags: UInt8, to buffer: inout ByteBuffer) {
        let index = Int(flags & 63)
        buffer.append(texts.bytes.extracting(Int(ends[index])..<Int(ends[index + 1])))
    }
}
