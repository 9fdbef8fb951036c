import PacketDecoding
import Primitives

/// What of a packet's TCP header matters to its stream (RFC 9293 section 3.1).
struct TCPSegment {
    var sequence: UInt32
    var acknowledgement: UInt32
    var flags: UInt8
    var window: UInt16
    /// The payload that the capture kept.
    var payload: Range<Int>
    /// Bytes of the payload as the packet's lengths say.
    var length: UInt32
    /// The shift of the sender's windows; nil without the option (RFC 7323). Only a SYN has it.
    var windowShift: UInt8?

    static let fin: UInt8 = 1
    static let syn: UInt8 = 2
    static let rst: UInt8 = 4
    static let ack: UInt8 = 16

    func has(_ flag: UInt8) -> Bool { flags & flag != 0 }

    /// The segment of a packet with a whole TCP header (`.tcp` and `.payload`).
    init(_ layers: Layers, _ bytes: RawSpan) {
        let header = Int(layers.transportOffset)
        sequence = bytes.big32(at: header + 4)
        acknowledgement = bytes.big32(at: header + 8)
        flags = layers.tcpFlags
        window = bytes.big16(at: header + 14)
        payload = layers.capturedPayload(in: bytes)
        length = layers.payloadLength
        if has(TCPSegment.syn) {
            windowShift = TCPSegment.windowShift(bytes, header + 20, min(Int(layers.payloadOffset), bytes.byteCount))
        }
    }

    /// Kind 3 of the options between two offsets; a shift beyond 14 counts as 14 (RFC 7323 section 2.3).
    private static func windowShift(_ bytes: RawSpan, _ start: Int, _ end: Int) -> UInt8? {
        var place = start
        while place < end {
            let kind = bytes.byte(at: place)
            if kind == 0 { return nil }
            if kind == 1 {
                place += 1
                continue
            }
            guard place + 1 < end else { return nil }
            let length = Int(bytes.byte(at: place + 1))
            guard length >= 2, place + length <= end else { return nil }
            if kind == 3, length == 3 { return min(bytes.byte(at: place + 2), 14) }
            place += length
        }
        return nil
    }
}
