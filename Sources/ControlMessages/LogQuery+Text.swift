extension LogQuery {
    /// Lines of one page at most.
    /// - Limit: a page of a log | lines | an error
    public static var largestLimit: Int { 10_000 }

    /// The query as names and values of a URL's query; what is not set has none.
    public var items: [(name: String, value: String)] {
        var items = [(name: "limit", value: "\(limit)")]
        let texts = [
            ("grep", grep), ("match", match), ("since", since), ("until", until), ("after", after), ("before", before),
        ]
        for (name, value) in texts {
            if let value { items.append((name, value)) }
        }
        items += kinds.map { ("kind", $0) }
        let flags = [("ignore_case", ignoresCase), ("from_beginning", fromBeginning), ("json", json)]
        for (name, value) in flags where value { items.append((name, "true")) }
        return items
    }

    /// Reads the names and values of a URL's query. A name that is not known and a value out of its range are errors,
    /// for a query that selects other lines than was meant is worse than none.
    public init(items: some Sequence<(name: String, value: String)>) throws(ControlError) {
        self.init()
        for (name, value) in items {
            switch name {
            case "limit":
                guard let number = Int(value), 0...Self.largestLimit ~= number else {
                    throw ControlError(
                        .invalid, "limit takes a number of lines from 0 to \(Self.largestLimit), not \"\(value)\"")
                }
                limit = number
            case "grep": grep = value
            case "match": match = value
            case "since": since = value
            case "until": until = value
            case "after": after = value
            case "before": before = value
            case "kind": kinds.append(value)
            case "ignore_case": ignoresCase = try Self.flag(name, value)
            case "from_beginning": fromBeginning = try Self.flag(name, value)
            case "json": json = try Self.flag(name, value)
            default:
                throw ControlError(
                    .invalid,
                    """
                    a log query has no "\(name)"; it takes limit, grep, ignore_case, match, kind, since, until, after, \
                    before, from_beginning, json
                    """)
            }
        }
    }

    private static func flag(_ name: String, _ value: String) throws(ControlError) -> Bool {
        guard let flag = Bool(value) else {
            throw ControlError(.invalid, "\(name) takes true or false, not \"\(value)\"")
        }
        return flag
    }
}
