import PacketDecoding
import Primitives

// Chains that no packet can meet: `sport = 1 & sport = 2`, `proto = udp & tcpfl = SYN`.

/// What a fact may be compared with, in one order for all kinds.
private enum Key: Comparable {
    case number(UInt32)
    case hardware(UInt64)
    case address(IPAddress)
    case text(String)
}

/// What one condition of a chain asks of a fact: to lie in one of the ranges, sorted and apart.
private struct Demand {
    var ranges: [ClosedRange<Key>]
    var place: SourceRange

    init(_ ranges: [ClosedRange<Key>], _ place: SourceRange) {
        var merged: [ClosedRange<Key>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
        self.place = place
    }

    func meets(_ other: Demand) -> Bool {
        var (left, right) = (0, 0)
        while left < ranges.count, right < other.ranges.count {
            if ranges[left].overlaps(other.ranges[right]) { return true }
            if ranges[left].upperBound < other.ranges[right].lowerBound { left += 1 } else { right += 1 }
        }
        return false
    }

    /// Both at once: what is in both.
    func intersection(_ other: Demand) -> Demand {
        var both: [ClosedRange<Key>] = []
        var (left, right) = (0, 0)
        while left < ranges.count, right < other.ranges.count {
            if ranges[left].overlaps(other.ranges[right]) { both.append(ranges[left].clamped(to: other.ranges[right])) }
            if ranges[left].upperBound < other.ranges[right].upperBound { left += 1 } else { right += 1 }
        }
        return Demand(both, other.place)
    }

    /// Whether all of it lies in the other.
    func lies(in other: Demand) -> Bool {
        var right = 0
        return ranges.allSatisfy { range in
            while right < other.ranges.count, other.ranges[right].upperBound < range.upperBound { right += 1 }
            return right < other.ranges.count && other.ranges[right].lowerBound <= range.lowerBound
        }
    }
}

extension Traps {
    /// More values than these are not compared with each other.
    private static let mostValues = 20_000
    /// More demands on one fact with two places are not compared with each other.
    private static let mostDemands = 8

    mutating func lookForContradiction(in parts: [Tree]) {
        var demands: [Variable: [Demand]] = [:]
        var refusals: [Variable: [Demand]] = [:]
        for part in parts {
            guard spend() else { return }
            let (condition, isNegated) = part.plainCondition
            guard let condition else { continue }
            if case .flags(_, let negated) = condition.test {
                if negated == isNegated {
                    demands[.proto, default: []].append(protocols([IPProtocol.tcp], condition.place))
                }
                continue
            }
            guard let (demand, refuses) = demand(of: condition) else { continue }
            if refuses != isNegated {
                refusals[condition.variable, default: []].append(demand)
            } else {
                demands[condition.variable, default: []].append(demand)
                for (variable, implied) in consequences(of: condition, demand) {
                    demands[variable, default: []].append(implied)
                }
            }
        }
        if lookAtFlags(parts) { return }
        for variable in Variable.allCases {
            guard let wanted = demands[variable] else { continue }
            let refused = (refusals[variable] ?? []).prefix(Self.mostDemands)
            for demand in wanted.prefix(Self.mostDemands) where !demand.ranges.isEmpty {
                if let refusal = refused.first(where: { demand.lies(in: $0) }) {
                    return contradiction(of: demand.place, refusedAt: refusal.place)
                }
            }
            if let pair = conflict(wanted, places: variable.row.places) { return contradiction(pair.0, pair.1) }
        }
    }

    /// Flags that one condition wants set and another clear, or that one wants and another refuses; true where so.
    private mutating func lookAtFlags(_ parts: [Tree]) -> Bool {
        var wanted: (test: FlagTest, place: SourceRange)?
        var refused: [(test: FlagTest, place: SourceRange)] = []
        for part in parts {
            let (condition, isNegated) = part.plainCondition
            guard let condition, case .flags(let test, let negated) = condition.test else { continue }
            if negated != isNegated {
                if refused.count < Self.mostDemands { refused.append((test, condition.place)) }
                continue
            }
            let both = FlagTest(set: (wanted?.test.set ?? 0) | test.set, clear: (wanted?.test.clear ?? 0) | test.clear)
            if let wanted, both.set & both.clear != 0 {
                contradiction(wanted.place, condition.place)
                return true
            }
            wanted = (both, wanted?.place ?? condition.place)
        }
        guard let wanted,
            let refusal = refused.first(where: {
                $0.test.set & ~wanted.test.set == 0 && $0.test.clear & ~wanted.test.clear == 0
            })
        else { return false }
        contradiction(of: wanted.place, refusedAt: refusal.place)
        return true
    }

    private mutating func contradiction(of demand: SourceRange, refusedAt refusal: SourceRange) {
        warn(refusal, "this refuses all that \(source(demand)) asks for, so both are never met at once")
    }

    private mutating func contradiction(_ first: SourceRange, _ second: SourceRange) {
        let (first, second) = first.lower <= second.lower ? (first, second) : (second, first)
        warn(second, "no packet meets both \(source(first)) and \(source(second)), so this is never met")
    }

    /// Two demands that no packet meets at once.
    private func conflict(_ wanted: [Demand], places: VariableRow.Places) -> (SourceRange, SourceRange)? {
        switch places {
        case .one:
            guard var rest = wanted.first else { return nil }
            for demand in wanted.dropFirst() {
                let both = rest.intersection(demand)
                if both.ranges.isEmpty {
                    let other = wanted.first { !$0.meets(demand) } ?? rest
                    return (other.place, demand.place)
                }
                rest = both
            }
            return nil
        case .two:
            let few = wanted.prefix(Self.mostDemands)
            for (index, third) in few.enumerated() {
                let apart = few.prefix(index).filter { !$0.meets(third) }
                for (other, second) in apart.enumerated() {
                    if let first = apart.prefix(other).first(where: { !$0.meets(second) }) {
                        return (SourceRange(first.place.lower, second.place.upper), third.place)
                    }
                }
            }
            return nil
        case .everyTag:
            return nil
        }
    }

    // MARK: What a condition asks for

    /// The ranges that a condition asks for or refuses; nil where they may change or are not known.
    private func demand(of condition: Condition) -> (Demand, refuses: Bool)? {
        switch condition.test {
        // A packet may have an authentication header and the protocol that it protects.
        case .isOne(let values) where condition.variable == .proto && values.contains(where: \.isAuthentication),
            .isNone(let values) where condition.variable == .proto && values.contains(where: \.isAuthentication):
            return nil
        case .interval(let lower, let upper):
            guard lower <= upper else { return nil }
            return (Demand([.number(lower)...(.number(upper))], condition.place), false)
        case .isOne(let values):
            return ranges(of: values).map { (Demand($0, condition.place), false) }
        case .isNone(let values):
            return ranges(of: values).map { (Demand($0, condition.place), true) }
        case .flags, .matches:
            return nil
        }
    }

    private func ranges(of values: [Value]) -> [ClosedRange<Key>]? {
        guard values.count <= Self.mostValues else { return nil }
        var ranges: [ClosedRange<Key>] = []
        for value in values {
            guard let some = self.ranges(of: value) else { return nil }
            ranges += some
        }
        return ranges
    }

    private func ranges(of value: Value) -> [ClosedRange<Key>]? {
        switch value {
        case .number(let lower, let upper): [.number(lower)...(.number(upper))]
        case .protocolName(_, let number): [one(UInt32(number))]
        case .service(let name):
            directory.ports(ofService: name)?.map {
                .number(UInt32($0.lowerBound))...(.number(UInt32($0.upperBound)))
            }
        case .addresses(let range): [.address(range.lower)...(.address(range.upper))]
        case .mac(let prefix, let count):
            [.hardware(prefix << UInt64(8 * (6 - count)))...(.hardware((prefix + 1) << UInt64(8 * (6 - count)) - 1))]
        case .icmp(let value):
            [(value.v4, UInt32(0)), (value.v6, 1 << 16)].compactMap { meaning, family in
                guard let meaning else { return nil }
                let first = family | UInt32(meaning.type) << 8 | UInt32(meaning.code ?? 0)
                return .number(first)...(.number(meaning.code == nil ? first | 255 : first))
            }
        case .direction(let incoming): [one(incoming ? 0 : 1)]
        case .verdict(let verdict): [.text(verdict.rawValue)...(.text(verdict.rawValue))]
        case .fragment(.no): [one(0)]
        case .fragment(.first): [one(1)]
        case .fragment(.later): [one(2)]
        case .fragment(.yes): [.number(1)...(.number(2))]
        case .country(let name): [.text(name)...(.text(name))]
        // Lists, users and interfaces may change, a payload holds many texts, and an address has many names.
        case .list, .users, .interface, .vpn, .vpnClient, .vpnConnection, .bytes, .text: nil
        }
    }

    private func one(_ number: UInt32) -> ClosedRange<Key> { .number(number)...(.number(number)) }

    /// What must hold of other facts where a condition is met.
    private func consequences(of condition: Condition, _ demand: Demand) -> [(Variable, Demand)] {
        switch condition.variable {
        case .port, .sport, .dport:
            let carriers = [IPProtocol.tcp, IPProtocol.udp, IPProtocol.sctp, IPProtocol.udpLite]
            return [(.proto, protocols(carriers, condition.place))]
        case .icmp, .icmp6:
            let isICMP = demand.ranges.contains { $0.lowerBound < .number(1 << 16) }
            let isICMP6 = demand.ranges.contains { $0.upperBound >= .number(1 << 16) }
            let carriers = (isICMP ? [IPProtocol.icmp] : []) + (isICMP6 ? [IPProtocol.icmp6] : [])
            return [(.proto, protocols(carriers, condition.place))]
        case .addr, .saddr, .daddr:
            let families = demand.ranges.map { range -> ClosedRange<Key> in
                if case .address(.v4) = range.lowerBound { one(4) } else { one(6) }
            }
            return [(.ipVersion, Demand(families, condition.place))]
        default:
            return []
        }
    }

    private func protocols(_ numbers: [UInt8], _ place: SourceRange) -> Demand {
        Demand(numbers.map { one(UInt32($0)) }, place)
    }
}

extension Tree {
    /// A condition of a chain, and whether a `!` stands before it.
    fileprivate var plainCondition: (Condition?, isNegated: Bool) {
        switch self {
        case .condition(let condition): (condition, false)
        case .not(.condition(let condition)): (condition, true)
        default: (nil, false)
        }
    }
}
