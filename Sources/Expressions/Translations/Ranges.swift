import Primitives

/// A network of one family, as the languages that know only prefixes write it.
struct AddressPrefix: Hashable, Sendable {
    var address: IPAddress
    var length: Int

    /// Whether it is a single address.
    var isHost: Bool {
        switch address {
        case .v4: length == 32
        case .v6: length == 128
        }
    }

    /// `10.0.0.0/8`, or the address alone.
    var text: String { isHost ? "\(address)" : "\(address)/\(length)" }
}

extension AddressRange {
    /// The same addresses as few ranges, sorted, IPv4 before IPv6.
    static func merged(_ ranges: [AddressRange]) -> [AddressRange] {
        let set = AddressSet(ranges)
        let v4 = set.v4.ranges.compactMap { AddressRange(.v4(IPv4Address($0.lower)), .v4(IPv4Address($0.upper))) }
        let v6 = set.v6.ranges.compactMap { AddressRange(.v6(IPv6Address($0.lower)), .v6(IPv6Address($0.upper))) }
        return v4 + v6
    }

    var isIPv4: Bool {
        if case .v4 = lower { true } else { false }
    }

    /// Whether every address of the family is in it.
    var isWholeFamily: Bool {
        lower.number == 0 && upper.number == (isIPv4 ? UInt128(UInt32.max) : UInt128.max)
    }

    /// The fewest prefixes that hold exactly the range's addresses; nil where that takes more than `limit`.
    func prefixes(atMost limit: Int) -> [AddressPrefix]? {
        let width = isIPv4 ? 32 : 128
        var result: [AddressPrefix] = []
        var start = lower.number
        let end = upper.number
        while true {
            guard result.count < limit else { return nil }
            var host = min(start == 0 ? width : start.trailingZeroBitCount, width)
            while host > 0, !Self.fits(host: host, from: start, to: end) { host -= 1 }
            result.append(
                AddressPrefix(
                    address: isIPv4 ? .v4(IPv4Address(UInt32(truncatingIfNeeded: start))) : .v6(IPv6Address(start)),
                    length: width - host))
            let last = host == 128 ? UInt128.max : start + ((1 << UInt128(host)) - 1)
            if last >= end { return result }
            start = last + 1
        }
    }

    private static func fits(host: Int, from start: UInt128, to end: UInt128) -> Bool {
        host == 128 ? end == UInt128.max : end - start >= (1 << UInt128(host)) - 1
    }
}

extension IPAddress {
    /// The address as a number of 32 or 128 bits.
    var number: UInt128 {
        switch self {
        case .v4(let address): UInt128(address.number)
        case .v6(let address): address.number
        }
    }
}

extension ClosedRange<UInt32> {
    /// The same numbers as few ranges, sorted.
    static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        RangeSet(ranges.map { (lower: $0.lowerBound, upper: $0.upperBound) }).ranges.map { $0.lower...$0.upper }
    }

    /// Those numbers of `ranges` that lie in `domain`, less `offset`; `offset` is at most its lower bound.
    static func shifted(
        _ ranges: [ClosedRange<UInt32>], down offset: UInt32, in domain: ClosedRange<UInt32>
    ) -> [ClosedRange<UInt32>] {
        ranges.filter { $0.overlaps(domain) }.map {
            let part = $0.clamped(to: domain)
            return part.lowerBound - offset...part.upperBound - offset
        }
    }
}
