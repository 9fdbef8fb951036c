public import Expressions
import PacketDecoding
import Primitives

/// Says of a block, by its summary alone, whether an expression may select one of its packets.
///
/// Never says no where `StoredSelection` says yes; says yes wrongly where a filter errs (four times in a thousand at
/// most for each key), where conditions are met by different packets, and for what a summary does not hold
/// (negations, wide ranges, regular expressions). Costs some ten nanoseconds a block for an expression of a few
/// conditions.
public struct BlockMatcher: Sendable {
    private let test: BlockTest

    /// Compiles `tree`, nil meaning every IP packet, with the names as the directory knows them now.
    public init(_ tree: Tree?, directory: Directory) {
        test = BlockTest(tree ?? .any(SourceRange(0, 0)), directory)
    }

    /// Whether a packet of the block may be selected. `bytes` are the directory's that `summary` was read from.
    public func mayMatch(_ summary: BlockSummary, _ bytes: RawSpan) -> Bool {
        guard bytes.holds(8 * summary.filterWords, at: summary.filter) else { return true }
        return test.mayBeMet(summary, bytes)
    }
}

/// What must be true of a block for one of its packets to be selected.
indirect enum BlockTest: Sendable {
    case always
    case never
    case all([BlockTest])
    case some([BlockTest])
    /// One of the keys is in the filter.
    case keys([SummaryKey])
    /// One of these facts is there.
    case facts(BlockSummary.Facts)
    /// One of the bits is set.
    case flagSets(UInt64)
    case protocols(UInt64)
    case codePoints(UInt64)
    case directions(UInt8)
    case verdicts(UInt8)
    case lengths([ClosedRange<UInt32>])
    case payloads([ClosedRange<UInt32>])
    case ttls([ClosedRange<UInt32>])

    func mayBeMet(_ block: BlockSummary, _ bytes: RawSpan) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .all(let parts): parts.allSatisfy { $0.mayBeMet(block, bytes) }
        case .some(let parts): parts.contains { $0.mayBeMet(block, bytes) }
        case .keys(let keys):
            keys.contains {
                KeyFilter.mayContain($0, bytes, at: block.filter, count: block.filterWords, salt: block.salt)
            }
        case .facts(let facts): !block.facts.isDisjoint(with: facts)
        case .flagSets(let sets): block.flagSets & sets != 0
        case .protocols(let mask): block.protocols & mask != 0
        case .codePoints(let mask): block.codePoints & mask != 0
        case .directions(let mask): block.directions & mask != 0
        case .verdicts(let mask): block.verdicts & mask != 0
        case .lengths(let ranges): Self.overlap(ranges, block.lengths)
        case .payloads(let ranges): Self.overlap(ranges, block.payloads)
        case .ttls(let ranges):
            Self.overlap(ranges, block.ttls.map { UInt32($0.lowerBound)...UInt32($0.upperBound) })
        }
    }

    private static func overlap(_ ranges: [ClosedRange<UInt32>], _ bounds: ClosedRange<UInt32>?) -> Bool {
        guard let bounds else { return false }
        return ranges.contains { $0.overlaps(bounds) }
    }
}

// MARK: Compiling

extension BlockTest {
    /// Keys that one condition asks for; beyond them it is taken as met.
    /// - Limit: keys that one condition asks an index for |  | the blocks are read
    static let mostKeys = 512

    /// What `tree` asks of a block.
    init(_ tree: Tree, _ directory: Directory) {
        switch tree {
        case .any: self = .facts(.ip)
        case .and(let parts): self = .every(parts.map { BlockTest($0, directory) })
        case .or(let parts): self = .either(parts.map { BlockTest($0, directory) })
        // What is not so of one packet may be so of another in the same block.
        case .not: self = .always
        // The index holds no packet inside a tunnel.
        case .inner: self = .never
        case .condition(let condition): self = BlockTest(condition, directory)
        }
    }

    static func every(_ parts: [BlockTest]) -> BlockTest {
        var kept: [BlockTest] = []
        for part in parts {
            switch part {
            case .always: continue
            case .never: return .never
            default: kept.append(part)
            }
        }
        return kept.count > 1 ? .all(kept) : kept.first ?? .always
    }

    static func either(_ parts: [BlockTest]) -> BlockTest {
        var kept: [BlockTest] = []
        for part in parts {
            switch part {
            case .always: return .always
            case .never: continue
            default: kept.append(part)
            }
        }
        return kept.count > 1 ? .some(kept) : kept.first ?? .never
    }

    private init(_ condition: Condition, _ directory: Directory) {
        switch condition.test {
        case .isNone: self = .always
        case .flags(let flags, let negated): self = negated ? .always : .flagSets(Self.sets(flags))
        case .interval(let lower, let upper):
            self = lower <= upper ? Self.numbers(condition.variable, [lower...upper]) : .never
        case .matches:
            switch condition.variable {
            case .rule: self = .facts(.rule)
            case .user: self = .facts(.user)
            case .host: self = .facts(.host)
            default: self = .always
            }
        case .isOne(let values): self = Self.values(condition.variable, values, directory)
        }
    }

    /// The sets of six flags that meet the test, a bit each.
    private static func sets(_ flags: FlagTest) -> UInt64 {
        var sets: UInt64 = 0
        for set in UInt8(0)..<64 where set & flags.set == flags.set && set & flags.clear == 0 {
            sets |= 1 << UInt64(set)
        }
        return sets
    }

    private static func values(_ variable: Variable, _ values: [Value], _ directory: Directory) -> BlockTest {
        switch variable {
        case .addr, .saddr, .daddr: return addresses(values, directory)
        case .interface, .incomingInterface, .outgoingInterface: return interfaces(values, directory)
        case .direction, .fragment, .verdict, .payload, .rule, .user, .host, .country, .icmp, .icmp6, .mac, .smac,
            .dmac:
            return .either(values.map { value($0, directory) })
        case .tcpFlags: return .always
        default: return numbers(variable, values.flatMap { $0.ranges(directory) })
        }
    }

    /// Conditions on numbers.
    private static func numbers(_ variable: Variable, _ ranges: [ClosedRange<UInt32>]) -> BlockTest {
        guard !ranges.isEmpty else { return .never }
        switch variable {
        case .port, .sport, .dport: return keys(ranges, .port, otherwise: .facts(.ports))
        case .vlan: return keys(ranges, .tag, otherwise: .facts(.tags))
        case .asn: return keys(ranges, .network, otherwise: .facts(.network))
        case .length: return .lengths(ranges)
        case .payloadLength: return .payloads(ranges)
        case .ttl: return .ttls(ranges)
        case .dscp: return .codePoints(mask(ranges))
        case .proto: return .protocols(mask(ranges))
        case .ipVersion:
            var facts: BlockSummary.Facts = []
            if ranges.contains(where: { $0.contains(4) }) { facts.insert(.ipv4) }
            if ranges.contains(where: { $0.contains(6) }) { facts.insert(.ipv6) }
            return .facts(facts)
        default: return .always
        }
    }

    private static func mask(_ ranges: [ClosedRange<UInt32>]) -> UInt64 {
        var mask: UInt64 = 0
        for range in ranges {
            guard range.upperBound - range.lowerBound < 63 else { return .max }
            for number in range { mask |= 1 << UInt64(number & 63) }
        }
        return mask
    }

    private static func keys(
        _ ranges: [ClosedRange<UInt32>], _ subject: SummaryKey.Subject, otherwise wide: BlockTest
    ) -> BlockTest {
        var keys: [SummaryKey] = []
        for range in ranges {
            guard Int(range.upperBound - range.lowerBound) < mostKeys - keys.count else { return wide }
            for number in range { keys.append(SummaryKey(subject, UInt64(number))) }
        }
        return .keys(keys)
    }
}
