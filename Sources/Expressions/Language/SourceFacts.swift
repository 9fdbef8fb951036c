/// What a source can tell of its packets beyond their bytes: a plain capture little, the firewall's log much.
public struct SourceFacts: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The interface that a packet came in by.
    public static let incomingInterface = SourceFacts(rawValue: 1 << 0)
    /// The interface that it leaves by; a received frame has none yet.
    public static let outgoingInterface = SourceFacts(rawValue: 1 << 1)
    /// Whether it was received or sent.
    public static let direction = SourceFacts(rawValue: 1 << 2)
    /// The firewall's log: rule and verdict.
    public static let firewallLog = SourceFacts(rawValue: 1 << 3)
    /// Hardware addresses and VLAN tags.
    public static let linkHeader = SourceFacts(rawValue: 1 << 4)
    /// DNS answers seen before.
    public static let names = SourceFacts(rawValue: 1 << 5)
    /// Who is logged in where.
    public static let users = SourceFacts(rawValue: 1 << 6)
    /// A database of countries.
    public static let countries = SourceFacts(rawValue: 1 << 7)
    /// A database of AS numbers.
    public static let networks = SourceFacts(rawValue: 1 << 8)
}

extension Expression {
    /// A warning for each condition on a fact that a source with these facts cannot know, so that it is never
    /// met and its negation always is (rule 3). At most `ExpressionLimits.errors`, in the order of the text.
    public func unknowable(from facts: SourceFacts) -> [Diagnostic] {
        var log = DiagnosticLog()
        tree?.gatherUnknowable(facts, isInner: false, &log)
        return log.inOrder
    }
}

extension Tree {
    fileprivate func gatherUnknowable(_ facts: SourceFacts, isInner: Bool, _ log: inout DiagnosticLog) {
        switch self {
        case .any: break
        case .and(let parts), .or(let parts): for part in parts { part.gatherUnknowable(facts, isInner: isInner, &log) }
        case .not(let tree): tree.gatherUnknowable(facts, isInner: isInner, &log)
        case .inner(let tree): tree.gatherUnknowable(facts, isInner: true, &log)
        case .condition(let condition):
            guard let reason = condition.whyUnknowable(facts, isInner: isInner) else { return }
            log.warning(
                condition.place,
                "\"\(condition.variable.rawValue)\" is not known here, so this is not met: \(reason)")
        }
    }
}

extension Condition {
    /// Why the fact cannot be known; nil where it can.
    fileprivate func whyUnknowable(_ facts: SourceFacts, isInner: Bool) -> String? {
        if isInner, [.user, .host, .country, .asn].contains(variable) {
            return "it is known of the outer addresses only, not of those inside a tunnel"
        }
        guard let (needed, reason) = needs, facts.isDisjoint(with: needed) else { return nil }
        return reason
    }

    /// The facts of which one is needed, and where they come from; nil where the packet's bytes do.
    fileprivate var needs: (SourceFacts, reason: String)? {
        switch variable {
        case .incomingInterface:
            return (.incomingInterface, "this source does not tell by which interface packets came in")
        case .outgoingInterface:
            return (.outgoingInterface, "a frame that was received does not tell by which interface it will leave")
        case .interface: return ([.incomingInterface, .outgoingInterface], "this source does not name interfaces")
        case .direction: return (.direction, "this source does not tell received from sent packets")
        case .rule, .verdict: return (.firewallLog, "it comes with the firewall's log (NFLOG)")
        case .mac, .smac, .dmac, .vlan: return (.linkHeader, "this source has no link header")
        case .host: return (.names, "names come from DNS answers seen before, and there are none")
        case .user: return (.users, "users and where they are logged in come from the settings")
        case .country: return (.countries, "it comes from a MaxMind database of countries")
        case .asn: return (.networks, "it comes from a MaxMind database of AS numbers")
        case .addr, .saddr, .daddr:
            guard case .isOne(let values) = test.positive,
                values.allSatisfy({ if case .users = $0 { true } else { false } })
            else { return nil }
            return (.users, "users and where they are logged in come from the settings")
        default: return nil
        }
    }
}
