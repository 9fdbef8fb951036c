public import IPLog
import Primitives

/// Reads the rules of ipmon.conf, as 5.x and 4.1 write them (ipmon.conf(5)).
public struct ConfigurationParser {
    private var lexer: ConfigurationLexer
    var token: ConfigurationLexer.Token
    /// Names of protocols.
    let tables: IPLogTables
    var variables: [String: String] = [:]
    /// What is told but does not stop: options that are said twice.
    public internal(set) var notes: [String] = []

    /// Rules that one file may have.
    /// - Limit: rules of an ipmon.conf |  | an error
    public static let mostRules = 4096

    init(_ text: [UInt8], tables: IPLogTables) throws(ConfigurationError) {
        lexer = ConfigurationLexer(text)
        self.tables = tables
        token = try lexer.next()
    }

    /// The rules of a file in its order, and what there is to be told about them.
    public static func rules(
        _ text: [UInt8], tables: IPLogTables
    ) throws(ConfigurationError) -> (rules: [ConfigurationRule], notes: [String]) {
        var parser = try ConfigurationParser(text, tables: tables)
        let rules = try parser.file()
        return (rules, parser.notes)
    }

    private mutating func file() throws(ConfigurationError) -> [ConfigurationRule] {
        var rules: [ConfigurationRule] = []
        while token.kind != .end {
            guard token.kind == .word else { throw expected("\"match\"") }
            switch token.text {
            case "match":
                guard rules.count < Self.mostRules else {
                    throw expected("the end: \(Self.mostRules) rules are the most")
                }
                rules.append(try rule())
            case "load_action":
                throw expected("\"match\": actions cannot be loaded from libraries; use execute(\"command\")")
            default:
                try assignment()
            }
        }
        return rules
    }

    /// NAME = value ;
    private mutating func assignment() throws(ConfigurationError) {
        let name = try word("\"match\" or NAME = VALUE")
        guard isMark("=") else { throw expected("\"match\", or \"=\" behind a name") }
        try advance()
        variables[name] = try word("a value")
        try mark(";")
    }

    /// match { option, ... ; } do { action, ... ; } ;
    private mutating func rule() throws(ConfigurationError) -> ConfigurationRule {
        var rule = ConfigurationRule()
        rule.line = token.line
        try advance()
        try mark("{")
        repeat { try option(&rule) } while try comma()
        if isMark(";") { try advance() }
        try mark("}")
        guard token.kind == .word, token.text == "do" else { throw expected("\"do\"") }
        try advance()
        try mark("{")
        repeat { rule.actions.append(try action()) } while try comma()
        if isMark(";") { try advance() }
        try mark("}")
        try mark(";")
        return rule
    }

    mutating func advance() throws(ConfigurationError) { token = try lexer.next() }

    func isMark(_ mark: String) -> Bool { token.kind == .mark && token.text == mark }

    mutating func mark(_ mark: String) throws(ConfigurationError) {
        guard isMark(mark) else { throw expected("\"\(mark)\"") }
        try advance()
    }

    private mutating func comma() throws(ConfigurationError) -> Bool {
        guard isMark(",") else { return false }
        try advance()
        return true
    }

    /// The next word or string, with the value of a variable in its place.
    mutating func word(_ what: String) throws(ConfigurationError) -> String {
        guard token.kind == .word || token.kind == .string else { throw expected(what) }
        var text = token.text
        if token.kind == .word, text.hasPrefix("$") {
            guard let value = variables[String(text.dropFirst())] else { throw expected("a variable that has a value") }
            text = value
        }
        try advance()
        return text
    }

    func expected(_ what: String) -> ConfigurationError {
        ConfigurationError(line: token.line, found: token.text, "\(what) was expected")
    }
}
