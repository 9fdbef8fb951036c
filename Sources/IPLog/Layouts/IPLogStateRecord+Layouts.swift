public import Primitives

extension IPLogStateRecord {
    /// The record whose first byte behind the header is at `offset`; all of its bytes must be there.
    public init(_ bytes: RawSpan, at offset: Int, _ layout: IPLogLayout) {
        switch layout {
        case .v41, .v50, .v51: self.init(four: bytes, at: offset)
        case .manualPage, .manualPageLongNames, .v32, .v340, .v34: self.init(three: bytes, at: offset)
        }
    }

    private init(four bytes: RawSpan, at offset: Int) {
        self.init(
            event: bytes.little16(at: offset + 100), version: bytes.byte(at: offset + 106),
            number: bytes.byte(at: offset + 107))
        packets = Counters(bytes, at: offset)
        self.bytes = Counters(bytes, at: offset + 32)
        source = bytes.big128(at: offset + 64)
        destination = bytes.big128(at: offset + 80)
        tag = bytes.little32(at: offset + 96)
        portBytes = bytes.big32(at: offset + 102)
        flags = bytes.byte(at: offset + 108)
        tcpStates = Ends(source: bytes.byte(at: offset + 109), destination: bytes.byte(at: offset + 110))
        rule = bytes.little32(at: offset + 112)
        group = IPLogName(bytes, at: offset + 116)
    }

    private init(three bytes: RawSpan, at offset: Int) {
        self.init(
            event: bytes.little16(at: offset + 48), version: bytes.byte(at: offset + 54),
            number: bytes.byte(at: offset + 55))
        packets.forwardIn = bytes.little64(at: offset)
        self.bytes.forwardIn = bytes.little64(at: offset + 8)
        source = bytes.big128(at: offset + 16)
        destination = bytes.big128(at: offset + 32)
        portBytes = bytes.big32(at: offset + 50)
        flags = bytes.byte(at: offset + 56)
        tcpStates = Ends(source: bytes.byte(at: offset + 57), destination: bytes.byte(at: offset + 58))
        rule = bytes.little32(at: offset + 60)
    }
}

extension IPLogStateRecord.Counters {
    fileprivate init(_ bytes: RawSpan, at offset: Int) {
        self.init(
            forwardIn: bytes.little64(at: offset), forwardOut: bytes.little64(at: offset + 8),
            backwardIn: bytes.little64(at: offset + 16), backwardOut: bytes.little64(at: offset + 24))
    }

    fileprivate var sum: UInt64 { forwardIn &+ forwardOut &+ backwardIn &+ backwardOut }
}

extension RawSpan {
    fileprivate func big128(at offset: Int) -> UInt128 {
        UInt128(big64(at: offset)) << 64 | UInt128(big64(at: offset + 8))
    }
}

extension ByteBuffer {
    /// Appends a whole state record and returns its size. The manual page prints no structure for states: there they
    /// are as 3.4 has them, with one counter for all four.
    @discardableResult
    public mutating func append(
        _ header: IPLogHeader, _ record: IPLogStateRecord, _ writing: IPLogWriting = .v51
    ) -> Int {
        let layout = writing.layout
        let size = layout.fixedSize(.state)
        reserve(size)
        append(header, .state, size: size, layout)
        if writing == .manualPage {
            append34(record)
        } else {
            append41(record)
        }
        return size
    }

    private mutating func append41(_ record: IPLogStateRecord) {
        append(record.packets)
        append(record.bytes)
        appendBig(record.source)
        appendBig(record.destination)
        appendLittle(record.tag)
        appendEnds(record)
        appendLittle(record.rule)
        append(record.group)
        appendZeros(4)
    }

    private mutating func append34(_ record: IPLogStateRecord) {
        appendLittle(record.packets.sum)
        appendLittle(record.bytes.sum)
        appendBig(record.source)
        appendBig(record.destination)
        appendEnds(record)
        appendLittle(record.rule)
        // The group's number and padding: groups are names here.
        appendZeros(8)
    }

    private mutating func appendEnds(_ record: IPLogStateRecord) {
        appendLittle(record.event)
        appendBig(record.portBytes)
        append(record.version)
        append(record.number)
        append(record.flags)
        append(record.tcpStates.source)
        append(record.tcpStates.destination)
        append(0)
    }

    private mutating func append(_ counters: IPLogStateRecord.Counters) {
        appendLittle(counters.forwardIn)
        appendLittle(counters.forwardOut)
        appendLittle(counters.backwardIn)
        appendLittle(counters.backwardOut)
    }
}
