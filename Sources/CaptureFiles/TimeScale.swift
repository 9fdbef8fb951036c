import Primitives

/// How the ticks of an interface's clock become a time: any resolution that pcapng can name,
/// and no arithmetic that overflows, since ticks and offset are the file's.
struct TimeScale: Hashable, Sendable {
    private enum Unit: Hashable, Sendable {
        /// Ticks of `n` nanoseconds.
        case nanoseconds(UInt64)
        /// `n` ticks a nanosecond.
        case perNanosecond(UInt64)
        /// Ticks of 2 to the minus `n` seconds.
        case binary(UInt8)
        /// Ticks too small to add up to a nanosecond.
        case nothing
    }

    private let unit: Unit
    private let offset: Int64

    /// `resolution` as if_tsresol has it, `offset` in seconds as if_tsoffset has it.
    init(resolution: UInt8, offset: Int64) {
        self.offset = offset
        if resolution & 0x80 != 0 {
            unit = .binary(resolution & 0x7F)
        } else if resolution <= 9 {
            unit = .nanoseconds(Self.power(of: 9 - resolution))
        } else if resolution <= 28 {
            unit = .perNanosecond(Self.power(of: resolution - 9))
        } else {
            unit = .nothing
        }
    }

    private static func power(of exponent: UInt8) -> UInt64 {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }

    /// Saturates at the ends of what a `Timestamp` holds.
    @inline(__always)
    func timestamp(_ ticks: UInt64) -> Timestamp {
        if case .nanoseconds(let factor) = unit, offset == 0 {
            let (product, overflow) = ticks.multipliedReportingOverflow(by: factor)
            return Timestamp(nanoseconds: overflow ? .max : Int64(clamping: product))
        }
        return rareTimestamp(ticks)
    }

    @inline(never)
    private func rareTimestamp(_ ticks: UInt64) -> Timestamp {
        let nanoseconds: UInt128 =
            switch unit {
            case .nanoseconds(let factor): UInt128(ticks) * UInt128(factor)
            case .perNanosecond(let divisor): UInt128(ticks / divisor)
            case .binary(let shift): (UInt128(ticks) * 1_000_000_000) >> UInt128(shift)
            case .nothing: 0
            }
        let total = Int128(nanoseconds) + Int128(offset) * 1_000_000_000
        return Timestamp(nanoseconds: Int64(clamping: total))
    }
}
