// What stands between `do {` and `}`.

extension ConfigurationParser {
    mutating func action() throws(ConfigurationError) -> ConfigurationRule.Action {
        guard token.kind == .word else { throw expected("an action such as syslog") }
        let start = token
        let name = token.text
        try advance()
        switch name {
        case "nothing": return .nothing
        case "syslog": return try syslog()
        case "file": return try file()
        case "save": return try save(start)
        case "execute": return .execute(try argument("a command").text)
        case "snmpv1", "snmpv2":
            throw ConfigurationError(
                line: start.line, found: name, "traps are not sent by this ipmon; use execute(\"snmptrap ...\")")
        default:
            throw ConfigurationError(
                line: start.line, found: name, "one of nothing, syslog, file, save, execute was expected")
        }
    }

    /// ("text") as in 5.x, or "text" as in 4.1.
    private mutating func argument(
        _ what: String
    ) throws(ConfigurationError) -> (text: String, line: Int) {
        let isOpen = isMark("(")
        if isOpen { try advance() }
        let failure = expected("\(what) in quotes")
        guard token.kind == .string || token.text.hasPrefix("$") else { throw failure }
        let line = token.line
        let text = try word(what)
        guard !text.isEmpty else { throw failure }
        if isOpen { try mark(")") }
        return (text, line)
    }

    private mutating func syslog() throws(ConfigurationError) -> ConfigurationRule.Action {
        guard isMark("(") || token.kind == .string else { return .syslog(facility: nil, priority: nil) }
        let (text, line) = try argument("a facility and a priority")
        let failure = ConfigurationError(
            line: line, found: text, "\"facility.priority\", \"facility.\" or \".priority\" was expected")
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw failure }
        let facility = SyslogNames.facility(String(parts[0]))
        let priority = SyslogNames.priority(String(parts[1]))
        guard facility != nil || parts[0].isEmpty, priority != nil || parts[1].isEmpty else { throw failure }
        return .syslog(facility: facility, priority: priority)
    }

    private mutating func file() throws(ConfigurationError) -> ConfigurationRule.Action {
        let (place, line) = try argument("a file")
        if let path = Self.path(place, "file://") { return .text(path: path) }
        if let path = Self.path(place, "raw://") { return .raw(path: path) }
        throw ConfigurationError(line: line, found: place, "\"file://PATH\" or \"raw://PATH\" was expected")
    }

    /// save "PATH", save raw "PATH" (4.1), or as the page of 5.x has it, save("file://PATH").
    private mutating func save(_ start: ConfigurationLexer.Token) throws(ConfigurationError) -> ConfigurationRule.Action
    {
        if token.kind == .word, token.text == "raw" {
            try advance()
            return .raw(path: try argument("a file").text)
        }
        let place = try argument("a file").text
        if let path = Self.path(place, "raw://") { return .raw(path: path) }
        return .text(path: Self.path(place, "file://") ?? place)
    }

    private static func path(_ place: String, _ prefix: String) -> String? {
        guard place.hasPrefix(prefix), place.utf8.count > prefix.utf8.count else { return nil }
        return String(place.dropFirst(prefix.count))
    }
}
