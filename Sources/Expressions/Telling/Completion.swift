/// What could be typed at a place of an expression.
public struct Completion: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case variable, comparator, value, name, symbol
    }

    /// What to insert, quotes and all.
    public var text: String
    /// What it replaces: what was already typed of it, or nothing at the cursor.
    public var place: SourceRange
    public var kind: Kind
    /// A few words beside it.
    public var meaning: String

    /// More names than these are not offered at once.
    /// - Limit: completions that are offered |  | left out
    public static let most = 200

    /// What can stand at `cursor` (bytes from the start of `text`), in the order in which it should be
    /// offered: what the variable takes, and of names those that exist. Empty inside comments and
    /// regular expressions. Linear in the text before the cursor; nothing needs to be right before it.
    public static func candidates(in text: String, at cursor: Int, directory: Directory = Directory()) -> [Completion] {
        let bytes = Array(text.utf8)
        var completer = Completer(bytes, min(max(cursor, 0), bytes.count), directory)
        return completer.candidates()
    }
}

/// Follows the tokens before the cursor and offers what fits behind them.
struct Completer {
    let directory: Directory
    private let bytes: [UInt8]
    private let cursor: Int
    private var context = CompletionContext()
    /// What was typed of the word at the cursor, in lower case and without its opening quote.
    private var typed = ""
    private var place: SourceRange
    private var isQuoted = false
    private var found: [Completion] = []

    init(_ bytes: [UInt8], _ cursor: Int, _ directory: Directory) {
        self.bytes = bytes
        self.cursor = cursor
        self.directory = directory
        place = SourceRange(cursor, cursor)
    }

    mutating func candidates() -> [Completion] {
        guard readTokens() else { return [] }
        switch context.state {
        case .condition: offerConditions()
        case .openParenthesis: offer("(", .symbol, "begins the expression for the inner packet")
        case .comparator(let row): offerComparators(row)
        case .value(let row, let comparator): offerValues(row, comparator, isInSet: false)
        case .item(let row): offerValues(row, .equal, isInSet: true)
        case .named(let form, let row): offerNames(form, row)
        case .flags(let hasSome): offerFlags(hasSome)
        case .afterItem:
            offer(",", .symbol, "another value")
            offer("}", .symbol, "ends the set")
        case .afterCondition: offerOperators()
        case .lost: break
        }
        return found
    }

    /// Reads up to the word at the cursor; false where nothing can be offered.
    private mutating func readTokens() -> Bool {
        var lexer = Lexer(Array(bytes[..<cursor]))
        var last = 0
        while true {
            let token = lexer.next()
            switch token.kind {
            case .end:
                return !isComment(from: last)
            case .unclosedString where token.upper == cursor:
                isQuoted = true
                begin(token.lower, typedFrom: token.lower + 1)
                return true
            case .unclosedRegex:
                return false
            case .word, .and, .or, .not:
                let isWord = token.kind == .word || token.upper - token.lower > 1 && bytes[token.lower].isLetter
                if token.upper == cursor, isWord {
                    begin(token.lower, typedFrom: token.lower)
                    return true
                }
                if token.upper == cursor, token.kind == .not, case .comparator = context.state {
                    begin(token.lower, typedFrom: token.lower)
                    return true
                }
            default:
                break
            }
            context.follow(token, bytes)
            last = token.upper
        }
    }

    private mutating func begin(_ lower: Int, typedFrom start: Int) {
        typed = String(decoding: bytes[start..<cursor], as: UTF8.self).lowercased()
        var upper = cursor
        if isQuoted {
            if upper < bytes.count, bytes[upper] == UInt8(ascii: "\"") { upper += 1 }
        } else {
            while upper < bytes.count,
                bytes[upper].isLetter || bytes[upper].isDigit || bytes[upper] == UInt8(ascii: "_")
            {
                upper += 1
            }
        }
        place = SourceRange(lower, upper)
    }

    private func isComment(from last: Int) -> Bool {
        var isComment = false
        for index in last..<cursor {
            if bytes[index] == UInt8(ascii: "#") { isComment = true }
            if bytes[index] == UInt8(ascii: "\n") { isComment = false }
        }
        return isComment
    }

    // MARK: Offers

    /// Offers `text` where what was typed begins it, or begins `name`.
    mutating func offer(_ text: String, _ kind: Completion.Kind, _ meaning: String, named name: String? = nil) {
        guard found.count < Completion.most else { return }
        if isQuoted, name == nil { return }
        let key = (name ?? text).lowercased()
        guard key.hasPrefix(typed) || !isQuoted && text.lowercased().hasPrefix(typed) else { return }
        found.append(Completion(text: text, place: place, kind: kind, meaning: meaning))
    }

    private mutating func offerConditions() {
        for row in Variable.table { offer(row.variable.rawValue, .variable, row.meaning) }
        offer("any", .value, "every IP packet")
        offer("inner(", .symbol, "the packet inside a tunnel")
        guard typed.isEmpty else { return }
        offer("!", .symbol, "not")
        offer("(", .symbol, "begins a group")
    }

    private mutating func offerComparators(_ row: VariableRow) {
        let meanings = [
            "=": row.values == .payload ? "contains" : "is", "!=": "is not", "<": "is below", "<=": "is at most",
            ">": "is above", ">=": "is at least", "~": "matches a regular expression",
        ]
        for comparator in row.comparators { offer(comparator, .comparator, meanings[comparator] ?? "") }
    }

    private mutating func offerOperators() {
        offer("&", .symbol, "and")
        offer("|", .symbol, "or")
        if context.openParentheses > 0 { offer(")", .symbol, "ends the group") }
    }

    private mutating func offerFlags(_ hasSome: Bool) {
        let sign = place.lower > 0 ? bytes[place.lower - 1] : 0
        if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            let meaning = sign == UInt8(ascii: "+") ? "set" : "clear"
            for (name, _) in FlagTest.names { offer(name, .value, "\(name) is \(meaning)") }
            return
        }
        for (name, _) in FlagTest.names { offer(hasSome ? "+\(name)" : name, .value, "\(name) is set", named: name) }
        for (name, _) in FlagTest.names { offer("-\(name)", .value, "\(name) is clear") }
        if hasSome {
            offerOperators()
        } else {
            offer("NONE", .value, "all six are clear")
            offer("ALL", .value, "all six are set")
        }
    }

    /// The user list keeps what stands before its last comma.
    private mutating func offerNames(_ form: Operand.Form, _ row: VariableRow) {
        switch form {
        case .list: offerLists(prefix: "")
        case .vpn: offerConnections(prefix: "")
        default:
            if isQuoted, let comma = bytes[place.lower..<cursor].lastIndex(of: UInt8(ascii: ",")) {
                typed = String(decoding: bytes[comma + 1..<cursor], as: UTF8.self).lowercased()
                place = SourceRange(comma + 1, cursor)
                offerUsers { String($0.dropFirst().dropLast()) }
            } else {
                offerUsers { $0 }
            }
        }
    }
}
