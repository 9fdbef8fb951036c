public import Primitives

extension ByteBuffer {
    /// Appends a whole translation record and returns its size. The manual page prints no structure for translations:
    /// there they are as 3.4 has them, and the addresses of IPv6 are cut to their first four bytes, as in 4.1.
    @discardableResult
    public mutating func append(
        _ header: IPLogHeader, _ record: IPLogTranslationRecord, _ writing: IPLogWriting = .v51
    ) -> Int {
        let layout = writing.layout
        let size = layout.fixedSize(.translation)
        reserve(size)
        append(header, .translation, size: size, layout)
        switch writing {
        case .v51: append51(record)
        case .v41: append41(record)
        case .manualPage: append34(record)
        }
        return size
    }

    private mutating func append51(_ record: IPLogTranslationRecord) {
        appendBig(record.oldSource.address)
        appendBig(record.oldDestination.address)
        appendBig(record.newSource.address)
        appendBig(record.newDestination.address)
        appendBig(record.oldSource.port)
        appendBig(record.oldDestination.port)
        appendBig(record.newSource.port)
        appendBig(record.newDestination.port)
        appendLittle(record.action)
        appendLittle(record.kind)
        appendLittle(record.rule)
        appendZeros(4)
        appendPairs(record)
        append(record.protocols.before)
        append(record.protocols.after)
        append(record.versions.before)
        append(record.versions.after)
        append(record.interfaces.first)
        append(record.interfaces.second)
        appendZeros(4)
    }

    private mutating func append41(_ record: IPLogTranslationRecord) {
        appendCommon(record)
        appendPairs(record)
        append(record.protocols.before)
        appendZeros(7)
    }

    private mutating func append34(_ record: IPLogTranslationRecord) {
        appendCommon(record)
        appendLittle(record.packets.there &+ record.packets.back)
        appendLittle(record.bytes.there &+ record.bytes.back)
        append(record.protocols.before)
        appendZeros(7)
    }

    private mutating func appendCommon(_ record: IPLogTranslationRecord) {
        appendBig(UInt32(truncatingIfNeeded: record.oldDestination.address >> 96))
        appendBig(UInt32(truncatingIfNeeded: record.newSource.address >> 96))
        appendBig(UInt32(truncatingIfNeeded: record.oldSource.address >> 96))
        appendBig(record.oldDestination.port)
        appendBig(record.newSource.port)
        appendBig(record.oldSource.port)
        appendLittle(record.event41)
        appendLittle(Int16(truncatingIfNeeded: record.rule))
        appendZeros(2)
    }

    private mutating func appendPairs(_ record: IPLogTranslationRecord) {
        appendLittle(record.packets.there)
        appendLittle(record.packets.back)
        appendLittle(record.bytes.there)
        appendLittle(record.bytes.back)
    }
}
