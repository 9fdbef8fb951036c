public import Primitives

// Records on their way out: 5.1 by default, 4.1 and the manual page's on request. A record is one run of stores.

/// The layouts that can be written.
public enum IPLogWriting: Int, CaseIterable, Hashable, Sendable {
    case v51, v41, manualPage

    @inlinable
    public var layout: IPLogLayout {
        switch self {
        case .v51: .v51
        case .v41: .v41
        case .manualPage: .manualPage
        }
    }

    /// "5.1", "4.1", "man".
    public var name: StaticString { layout.name }
}

extension ByteBuffer {
    /// Appends a whole packet record: `packet` is the packet's headers and as much of its body as is logged, in network
    /// order, `record.headerLength + record.bodyLength` bytes. Lengths of the manual page's layout hold 255: a longer
    /// body is cut there. Returns the record's size. Allocates nothing where the buffer has room.
    @discardableResult
    public mutating func append(
        _ header: IPLogHeader, _ record: IPLogFilterRecord, packet: RawSpan, _ writing: IPLogWriting = .v51
    ) -> Int {
        let layout = writing.layout
        let most = writing == .manualPage ? 255 : 65_535
        let body = min(Int(record.bodyLength), most)
        let stored = Int(record.headerLength) + body
        precondition(packet.byteCount >= stored, "a record's packet is as long as its lengths say")
        let size = layout.headerSize + layout.filterSize + stored
        reserve(size)
        append(header, .filter, size: size, layout)
        if writing == .manualPage {
            appendManualPage(record, body: UInt8(truncatingIfNeeded: body))
        } else {
            append41(record, writing)
        }
        let start = count
        append(packet.extracting(0..<stored))
        if layout.keepsHostOrder, packet.isLongIPv4(stored) {
            // As the kernels kept them: length and fragment field of the outer header.
            overwriteLittle(packet.big16(at: 2), at: start + 2)
            overwriteLittle(packet.big16(at: 6), at: start + 6)
        }
        return size
    }

    private mutating func append41(_ record: IPLogFilterRecord, _ writing: IPLogWriting) {
        appendLittle(record.interfaceUnit)
        appendLittle(record.rule)
        appendLittle(record.flags)
        appendLittle(record.packetFlags)
        appendLittle(record.logTag)
        append(record.natTag)
        appendLittle(record.natTagNegation)
        appendLittle(record.bodyLength)
        appendLittle(record.level)
        append(record.group)
        append(record.headerLength)
        append(record.direction)
        append(writing == .v51 ? record.reason : 0)
        append(writing == .v51 ? record.family : 0)
        append(record.interface)
    }

    private mutating func appendManualPage(_ record: IPLogFilterRecord, body: UInt8) {
        appendLittle(record.interfaceUnit)
        appendLittle(UInt32(truncatingIfNeeded: record.interface.low))
        append(body)
        append(record.headerLength)
        let rule = record.rule == IPLogFilterRecord.noRule ? .max : UInt16(truncatingIfNeeded: min(record.rule, 0xFFFE))
        appendLittle(rule)
        appendLittle(record.flags32)
    }
}

extension RawSpan {
    /// Whether `stored` bytes hold the start of an IPv4 header up to its fragment field.
    func isLongIPv4(_ stored: Int) -> Bool { stored >= 8 && byte(at: 0) >> 4 == 4 }
}

/// Packets as they were on the wire.
public enum IPLogPacket {
    /// Appends the packet part of a record to `buffer` in network order, whatever the layout keeps.
    public static func append(_ packet: RawSpan, _ layout: IPLogLayout, to buffer: inout ByteBuffer) {
        let start = buffer.count
        buffer.append(packet)
        if layout.keepsHostOrder, packet.isLongIPv4(packet.byteCount) {
            buffer.overwriteLittle(packet.big16(at: 2), at: start + 2)
            buffer.overwriteLittle(packet.big16(at: 6), at: start + 6)
        }
    }
}
