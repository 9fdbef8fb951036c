import Primitives

/// The parts of one noun phrase, in the order in which English has them.
struct Slots {
    private var versions: [String] = []
    private var protocols: [String] = []
    private var impliesTCP = false
    /// Conditions that say where packets go, by variable, as long as each is said once.
    private var ways: [Variable: Condition] = [:]
    private var addresses: [Condition] = []
    private var further: [String] = []
    /// What packets are like: behind where they go, with commas between.
    var like: [String] = []

    /// Adds a condition of an `&` chain.
    mutating func add(_ condition: Condition, _ isNegated: Bool) {
        let isPositive = !isNegated && condition.test.isPositive
        guard isPositive else { return like.append(condition.phrase(isNegated: isNegated)) }
        switch condition.variable {
        case .proto where protocols.isEmpty: protocols = condition.valuePhrases
        case .ipVersion where versions.isEmpty: versions = condition.valuePhrases
        case .addr: addresses.append(condition)
        case .incomingInterface, .outgoingInterface, .interface, .direction, .saddr, .daddr, .sport, .dport, .port:
            if ways[condition.variable] == nil {
                ways[condition.variable] = condition
            } else {
                further.append(condition.phrase(isNegated: false))
            }
        case .tcpFlags:
            impliesTCP = true
            like.append(condition.phrase(isNegated: false))
        default: like.append(condition.phrase(isNegated: false))
        }
    }

    /// `TCP packets leaving Internet to 123.32.45.67, port 80 or 8080`.
    func phrase(_ directory: Directory) -> String {
        let kinds = protocols.isEmpty && impliesTCP ? ["TCP"] : protocols
        var words = [English.list(versions, "or"), English.list(kinds, "or"), "packets"].filter { !$0.isEmpty }
        let way: [Variable] = [.direction, .incomingInterface, .outgoingInterface, .interface]
        words += way.compactMap { ways[$0]?.phrase(isNegated: false) }
        words += addressPhrases(directory)
        words += [end(.saddr, .sport), end(.daddr, .dport)].compactMap { $0 }
        var further = further
        if let port = ways[.port]?.phrase(isNegated: false) {
            if addresses.isEmpty { words.append(port) } else { further.insert(port, at: 0) }
        }
        var text = words.joined(separator: " ")
        for (index, phrase) in (further + like).enumerated() {
            text += (index == 0 && text.hasSuffix("packets") ? " " : ", ") + phrase
        }
        return text
    }

    /// `from 1.2.3.4, port 80`.
    private func end(_ address: Variable, _ port: Variable) -> String? {
        guard let first = ways[address] else { return ways[port]?.phrase(isNegated: false) }
        guard let second = ways[port] else { return first.phrase(isNegated: false) }
        return first.phrase(isNegated: false) + ", port " + English.list(second.valuePhrases, "or")
    }

    private func addressPhrases(_ directory: Directory) -> [String] {
        if addresses.count == 2, let first = addresses[0].onlyRanges(directory),
            let second = addresses[1].onlyRanges(directory),
            !first.contains(where: { left in second.contains { left.lower <= $0.upper && $0.lower <= left.upper } })
        {
            return ["of the conversation between \(addresses[0].valuePhrases[0]) and \(addresses[1].valuePhrases[0])"]
        }
        return addresses.enumerated().map { ($0 > 0 ? "and " : "") + $1.phrase(isNegated: false) }
    }
}

extension Condition {
    /// The addresses of a condition with one value, where they are known.
    fileprivate func onlyRanges(_ directory: Directory) -> [AddressRange]? {
        guard case .isOne(let values) = test, values.count == 1 else { return nil }
        switch values[0] {
        case .addresses(let range): return [range]
        case .list(let name):
            // Long lists would be compared pair by pair.
            guard let ranges = directory.lists?[name], ranges.count <= 1000 else { return nil }
            return ranges
        default: return nil
        }
    }
}
