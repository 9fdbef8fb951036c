public import Primitives

/// What every record begins with.
public struct IPLogHeader: Hashable, Sendable {
    /// How many alike packets the record stands for; the time is the first one's.
    public var count: UInt32
    /// The number of the first of them among the unit's records, stored or lost; 0 in layouts without it.
    public var sequence: UInt32
    /// Seconds since 1970 as they stand there: any 64 bits.
    public var seconds: Int64
    /// Microseconds after it as they stand there: any 64 bits.
    public var microseconds: Int64

    public init(count: UInt32 = 1, sequence: UInt32 = 0, seconds: Int64, microseconds: Int64) {
        self.count = count
        self.sequence = sequence
        self.seconds = seconds
        self.microseconds = microseconds
    }

    public init(count: UInt32 = 1, sequence: UInt32 = 0, time: Timestamp) {
        self.init(
            count: count, sequence: sequence, seconds: time.seconds, microseconds: time.fraction / 1000)
    }

    /// The header at `offset`, whose bytes must be there.
    @inlinable @inline(__always)
    public init(_ bytes: RawSpan, at offset: Int, _ layout: IPLogLayout) {
        switch layout {
        case .manualPage, .manualPageLongNames:
            self.init(count: bytes.little32(at: offset + 20), times: bytes, at: offset)
        case .v32:
            self.init(count: bytes.little32(at: offset + 28), times: bytes, at: offset + 8)
        case .v340, .v34, .v41, .v50:
            self.init(count: bytes.little32(at: offset + 4), times: bytes, at: offset + 8)
        case .v51:
            self.init(count: bytes.little32(at: offset + 4), times: bytes, at: offset + 16)
            sequence = bytes.little32(at: offset + 8)
        }
    }

    @inlinable @inline(__always)
    init(count: UInt32, times bytes: RawSpan, at offset: Int) {
        self.init(
            count: count, seconds: Int64(bitPattern: bytes.little64(at: offset)),
            microseconds: Int64(bitPattern: bytes.little64(at: offset + 8)))
    }

    /// The time; microseconds beyond a second, which no writer makes, count on.
    public var time: Timestamp {
        let micros = microseconds.multipliedReportingOverflow(by: 1000)
        return Timestamp(seconds: seconds, nanoseconds: micros.overflow ? 0 : micros.partialValue)
    }
}

extension ByteBuffer {
    /// Appends a header for a record of `size` bytes in all.
    @inlinable
    mutating func append(_ header: IPLogHeader, _ unit: IPLogUnit, size: Int, _ layout: IPLogLayout) {
        let magic = layout.hasUnitMagic ? unit.magic : IPLogUnit.filter.magic
        switch layout {
        case .manualPage, .manualPageLongNames:
            appendTimes(header)
            // The packet's bytes in the device's records are not counted apart: nobody reads this field.
            appendLittle(UInt32(truncatingIfNeeded: size - layout.headerSize))
            appendLittle(header.count)
        case .v32:
            appendLittle(UInt64(magic))
            appendTimes(header)
            appendLittle(UInt32(0))
            appendLittle(header.count)
        case .v340, .v34, .v41, .v50:
            appendLittle(magic)
            appendLittle(header.count)
            appendTimes(header)
        case .v51:
            appendLittle(magic)
            appendLittle(header.count)
            appendLittle(header.sequence)
            appendLittle(UInt32(0))
            appendTimes(header)
        }
        appendLittle(UInt64(size))
        appendLittle(UInt64(0))
    }

    @inlinable @inline(__always)
    mutating func appendTimes(_ header: IPLogHeader) {
        appendLittle(header.seconds)
        appendLittle(header.microseconds)
    }
}
