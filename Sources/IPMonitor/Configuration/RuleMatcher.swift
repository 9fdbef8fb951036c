import IPLog

/// A rule, and how often it fired.
struct RuleMatcher {
    let rule: ConfigurationRule
    let unit: IPLogUnit
    /// Records that met the conditions since it last fired.
    private var passed: UInt64 = 0
    /// The time of the record for which it last fired.
    private var lastSecond: Int64?

    init(_ rule: ConfigurationRule) {
        self.rule = rule
        unit = rule.unit
    }

    /// Whether the rule fires for a record.
    mutating func fires(_ facts: RecordFacts) -> Bool {
        guard facts.unit == unit, rule.conditions.allSatisfy({ holds($0, facts) }) else { return false }
        switch rule.every {
        case nil:
            return true
        case .packets(let count):
            // The first of so many, counted among those that meet the conditions.
            let isFirst = passed == 0
            passed = passed + 1 >= count ? 0 : passed + 1
            return isFirst
        case .seconds(let count):
            if let lastSecond, facts.seconds >= lastSecond, facts.seconds &- lastSecond < count { return false }
            lastSecond = facts.seconds
            return true
        }
    }

    private func holds(_ condition: ConfigurationRule.Condition, _ facts: RecordFacts) -> Bool {
        switch condition {
        case .direction(let direction): facts.direction == direction
        case .source(let network): facts.source.map(network.contains) ?? false
        case .destination(let network): facts.destination.map(network.contains) ?? false
        case .sourcePort(let port): facts.sourcePort == port
        case .destinationPort(let port): facts.destinationPort == port
        case .protocolNumber(let number): facts.number == number
        case .group(let name): facts.group.isNamed(name) || name == "0" && facts.group.low & 0xFF == 0
        case .interface(let name): isInterface(name, facts)
        case .logTag(let tag): facts.logTag == tag
        case .natTag(let tag): facts.natTag.isNamed(tag)
        case .rule(let rule): facts.rule == rule
        case .result(let result): facts.result == result
        case .type(let type): facts.unit == type.unit
        }
    }

    /// The name as the record has it, or as the line shows it, with the interface's number.
    private func isInterface(_ name: String, _ facts: RecordFacts) -> Bool {
        facts.interface.isNamed(name) || name == "\(facts.interface.text)\(facts.interfaceUnit)"
    }
}

extension IPLogName {
    /// Whether the bytes before the first zero are those of `name`.
    func isNamed(_ name: String) -> Bool {
        guard name.utf8.count == count else { return false }
        for (place, byte) in name.utf8.enumerated() where self[place] != byte { return false }
        return true
    }
}
