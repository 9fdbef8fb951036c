import Primitives

/// When local time is how far from UTC: a zone's transitions, and the rule that goes on behind the last
/// one. A value, so that whoever prints times needs no clock and no file.
public struct ZoneTable: Hashable, Sendable {
    /// From `start` until `end` (seconds since 1970; `end` is not in it) the zone is `offset` seconds east of UTC.
    public struct Period: Hashable, Sendable {
        public var offset: Int
        public var start: Int64
        public var end: Int64

        /// Whether the second falls into it.
        @inlinable
        public func contains(_ second: Int64) -> Bool { second >= start && second < end }
    }

    struct Transition: Hashable, Sendable {
        var second: Int64
        var offset: Int
    }

    /// Sorted by time.
    let transitions: [Transition]
    /// Before the first transition.
    let first: Int
    /// Behind the last transition; nil: what the last one began goes on.
    let rule: ZoneRule?

    init(transitions: [Transition], first: Int, rule: ZoneRule?) {
        self.transitions = transitions
        self.first = first
        self.rule = rule
    }

    /// Coordinated universal time.
    public static let utc = ZoneTable(transitions: [], first: 0, rule: nil)

    /// A zone without daylight saving, `offset` seconds east of UTC.
    public init(offset: Int) { self.init(transitions: [], first: offset, rule: nil) }

    /// A zone as the variable TZ spells it (POSIX.1 section 8.3, with RFC 8536's extension to
    /// -167 ... 167 hours): `CET-1CEST,M3.5.0,M10.5.0/3`. Nil where it is none.
    public init?(rule text: String) {
        guard let rule = unsafe ZoneRule(parsing: text.utf8Span.span.bytes) else { return nil }
        self.init(transitions: [], first: rule.standard, rule: rule)
    }

    /// What holds at a second since 1970. Logarithmic in the number of transitions.
    public func period(at second: Int64) -> Period {
        guard let last = transitions.last else {
            return rule?.period(at: second) ?? Period(offset: first, start: .min, end: .max)
        }
        if second >= last.second {
            guard let rule else { return Period(offset: last.offset, start: last.second, end: .max) }
            var period = rule.period(at: second)
            period.start = max(period.start, last.second)
            return period
        }
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].second <= second { low = middle + 1 } else { high = middle }
        }
        return Period(
            offset: low == 0 ? first : transitions[low - 1].offset,
            start: low == 0 ? .min : transitions[low - 1].second,
            end: transitions[low].second)
    }
}
