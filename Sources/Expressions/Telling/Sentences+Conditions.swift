import Primitives

// One condition in English, as it stands behind `packets`.

extension Test {
    /// Whether it is met by what a packet has, not by what it lacks.
    var isPositive: Bool {
        switch self {
        case .isNone, .flags(_, negated: true): false
        default: true
        }
    }

    /// The test without its `!=`.
    var positive: Test {
        switch self {
        case .isNone(let values): .isOne(values)
        case .flags(let flags, _): .flags(flags, negated: false)
        default: self
        }
    }
}

extension Condition {
    /// Behind `packets`: `from 1.2.3.4`, `not to port 80`, `whose payload contains "GET"`.
    func phrase(isNegated: Bool) -> String {
        let isNot = isNegated == test.isPositive
        if case .flags(let flags, _) = test { return flags.phrase(isNot: isNot) }
        if case .interval(let lower, let upper) = test, lower > upper {
            return isNot ? "of any kind" : "of no kind at all (\(canonical) is never met)"
        }
        let values = English.list(valuePhrases, "or")
        switch variable {
        case .addr: return either("", values, isNot)
        case .saddr: return (isNot ? "not from " : "from ") + values
        case .daddr: return (isNot ? "not to " : "to ") + values
        case .port: return either("port ", values, isNot)
        case .sport: return (isNot ? "not from port " : "from port ") + values
        case .dport: return (isNot ? "not to port " : "to port ") + values
        case .mac: return either("hardware address ", values, isNot)
        case .smac: return (isNot ? "not from hardware address " : "from hardware address ") + values
        case .dmac: return (isNot ? "not to hardware address " : "to hardware address ") + values
        case .user: return either(isPattern ? "a user whose name " : "", values, isNot)
        case .host: return either(isPattern ? "a host whose name " : "", values, isNot)
        case .country: return either("country ", values, isNot)
        case .asn: return either("AS ", values, isNot)
        case .interface: return (isNot ? "not on " : "on ") + values
        case .incomingInterface: return (isNot ? "not arriving on " : "arriving on ") + values
        case .outgoingInterface: return (isNot ? "not leaving " : "leaving ") + values
        case .direction: return (isNot ? "not " : "") + values + " by the gateway"
        case .vlan: return (isNot ? "not in VLAN " : "in VLAN ") + values
        case .length: return (isNot ? "not of " : "of ") + bytes
        case .payloadLength: return (isNot ? "without" : "with") + " a payload of " + bytes
        case .ttl: return (isNot ? "without" : "with") + " a TTL of " + values
        case .dscp: return (isNot ? "without" : "with") + " a DSCP of " + values
        case .proto, .tcpFlags: return (isNot ? "that are not " : "that are ") + values
        case .ipVersion: return (isNot ? "that are not " : "that are ") + values
        case .icmp, .icmp6: return (isNot ? "that are not " : "that are ") + values + " messages"
        case .fragment: return (isNot ? "that are not " : "that are ") + values
        case .payload: return payloadPhrase(values, isNot)
        case .rule:
            return (isNot ? "not logged by " : "logged by ") + (isPattern ? "a rule whose name " : "rule ") + values
        case .verdict: return "that the firewall " + (isNot ? "did not \(English.list(verbs, "or"))" : values)
        }
    }

    private var isPattern: Bool { if case .matches = test { true } else { false } }

    private func either(_ what: String, _ values: String, _ isNot: Bool) -> String {
        (isNot ? "neither from nor to " : "from or to ") + what + values
    }

    private func payloadPhrase(_ values: String, _ isNot: Bool) -> String {
        if isPattern { return "whose payload " + (isNot ? values.replacingMatches : values) }
        return "whose payload " + (isNot ? "does not contain " : "contains ") + values
    }

    private var bytes: String {
        let values = English.list(valuePhrases, "or")
        guard case .interval(let lower, let upper) = test else { return values + " bytes" }
        if upper >= variable.row.most { return lower == 0 ? "any number of bytes" : "\(lower) bytes or more" }
        return lower == 0 ? "\(upper) bytes or less" : values + " bytes"
    }

    private var verbs: [String] {
        guard case .isOne(let values) = test.positive else { return [] }
        return values.map { if case .verdict(let verdict) = $0 { verdict.rawValue } else { "" } }
    }

    // MARK: Values

    /// More values than these are counted only.
    private static let mostValues = 8

    /// The values in English, the first few of many.
    var valuePhrases: [String] {
        switch test {
        case .isOne(let values), .isNone(let values):
            let phrases = values.prefix(Self.mostValues).map { $0.phrase(of: variable) }
            let rest = values.count - phrases.count
            return rest > 0 ? phrases + ["one of \(rest) more"] : phrases
        case .interval(let lower, let upper):
            if upper >= variable.row.most { return [lower == 0 ? "any number" : "\(lower) or above"] }
            return [lower == 0 ? "\(upper) or below" : lower == upper ? "\(lower)" : "\(lower)-\(upper)"]
        case .matches(let regex): return ["matches \(regex.canonical)"]
        case .flags: return []
        }
    }
}

extension String {
    /// `matches` made `does not match`.
    fileprivate var replacingMatches: String {
        hasPrefix("matches ") ? "does not match " + dropFirst("matches ".count) : self
    }
}

extension Value {
    fileprivate func phrase(of variable: Variable) -> String {
        switch self {
        case .number(let lower, let upper):
            if variable == .proto { return ProtocolNames.display(UInt8(truncatingIfNeeded: lower)) }
            return (variable == .ipVersion ? "IPv" : "") + (lower == upper ? "\(lower)" : "\(lower)-\(upper)")
        case .service(let name): return name
        case .protocolName(_, let number): return ProtocolNames.display(number)
        case .addresses(let range): return range.description
        case .list(let name): return "the list \(Quoting.quoted(name))"
        case .users(let users): return English.list(users.map(\.phrase), "or")
        case .interface(let name): return name
        case .vpnClient: return "a VPN client's interface"
        case .vpn: return "a VPN tunnel"
        case .vpnConnection(let name): return "the VPN connection \(Quoting.quoted(name))"
        case .icmp(let value): return value.phrase
        case .direction(let incoming): return incoming ? "received" : "sent"
        case .fragment(.yes): return "fragments"
        case .fragment(.no): return "no fragments"
        case .fragment(.first): return "first fragments"
        case .fragment(.later): return "later fragments"
        case .verdict(.pass): return "passed"
        case .verdict(.drop): return "dropped"
        case .verdict(.reject): return "rejected"
        case .text(let name) where variable == .host:
            return name.hasPrefix("*.") ? "a host under \(name.dropFirst(2))" : "host \(name)"
        case .mac(_, let count): return count == 6 ? canonical(of: variable) : "\(canonical(of: variable))..."
        case .bytes, .text, .country: return canonical(of: variable)
        }
    }
}

extension UserName {
    fileprivate var phrase: String { (isGroup ? "group " : "user ") + name }
}

extension ICMPValue {
    fileprivate var phrase: String {
        let families = [v4 == nil ? nil : "ICMP", v6 == nil ? nil : "ICMPv6"].compactMap { $0 }
        let family = English.list(families, "or")
        if let name { return "\(family) \(name)" }
        guard let numbers = v4 ?? v6 else { return family }
        return "\(family) type \(numbers.type)" + (numbers.code.map { " code \($0)" } ?? "")
    }
}

extension FlagTest {
    fileprivate func phrase(isNot: Bool) -> String {
        isNot ? "that are not TCP with \(state)" : "with \(state)"
    }

    private var state: String {
        if self == .none { return "no TCP flag set" }
        if self == .all { return "all TCP flags set" }
        let set = Self.names.filter { self.set & $0.bit != 0 }.map(\.name)
        let clear = Self.names.filter { self.clear & $0.bit != 0 }.map(\.name)
        let parts = [
            set.isEmpty ? nil : English.list(set, "and") + " set",
            clear.isEmpty ? nil : English.list(clear, "and") + " clear",
        ]
        return parts.compactMap { $0 }.joined(separator: " and ")
    }
}

enum English {
    /// `a`, `a or b`, `a, b or c`.
    static func list(_ words: [String], _ conjunction: String) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(conjunction) " + last
    }
}
