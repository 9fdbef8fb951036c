/// Reads an expression: grammar, variables, values and names in one pass over its tokens.
///
/// Recursion is bounded by `ExpressionLimits.nesting`; wide chains are loops, and the cost is linear.
/// Parts under construction stand on one stack, so that a chain in parentheses dissolves into the
/// chain around it (rule 4) without being moved. A condition that is wrong is reported and left
/// out; reading goes on behind it, so that several errors come to light at once.
struct Parser {
    var lexer: Lexer
    var token: Token
    var log = DiagnosticLog()
    var names: NameIndex
    /// The last condition's variable: what `port = 80 | 443` probably means.
    var lastVariable: Variable?
    /// Where the last token that was taken ends.
    private(set) var lastUpper = 0
    /// Regular expressions so far; each is compiled, so that they are limited.
    var patterns = 0
    private var stack: [Tree] = []
    private var depth = 0

    /// Thrown where reading on is over; the log says why.
    struct Stop: Error {}

    /// What the top of the stack is.
    private enum Shape {
        /// Parts of an `&` chain, none or one of them too.
        case chain
        /// Parts of an `|`.
        case alternatives
    }

    init(_ bytes: [UInt8], _ directory: Directory) {
        lexer = Lexer(bytes)
        token = lexer.next()
        names = NameIndex(directory)
    }

    /// The whole text's tree; nil where it is empty or where the log has errors.
    mutating func parse() -> Tree? {
        guard token.kind != .end else { return nil }
        do throws(Stop) {
            var shape = try alternatives()
            while token.kind != .end {
                try report(token.place, token.kind == .close ? "this \")\" closes nothing" : misplaced())
                advance()
                skipToOperator()
                if token.kind == .and || token.kind == .or {
                    advance()
                    shape = try alternatives()
                }
            }
            fold(shape, from: 0)
        } catch {
            return nil
        }
        return log.hasErrors ? nil : stack.popLast()
    }

    mutating func advance() {
        lastUpper = token.upper
        token = lexer.next()
    }

    /// Takes `token` anew, up to `offset` only; what follows is read again.
    mutating func shorten(to offset: Int) {
        token.upper = offset
        lexer.goBack(to: offset)
    }

    /// Reports an error and ends the reading where there are enough of them.
    mutating func report(_ place: SourceRange, _ message: String) throws(Stop) {
        log.error(place, message)
        if log.isFull { throw Stop() }
    }

    // MARK: Operators

    private mutating func alternatives() throws(Stop) -> Shape {
        let start = stack.count
        let shape = try chain()
        guard token.kind == .or else { return shape }
        if shape == .chain { fold(.chain, from: start) }
        while token.kind == .or {
            advance()
            let next = stack.count
            if try chain() == .chain { fold(.chain, from: next) }
        }
        return .alternatives
    }

    private mutating func chain() throws(Stop) -> Shape {
        let start = stack.count
        let first = try unary()
        guard token.kind == .and || beginsPrimary else { return first }
        fold(first, from: start, keepingChain: true)
        while token.kind == .and || beginsPrimary {
            if token.kind == .and {
                advance()
            } else if token.kind != .word || isKeyword(token) {
                try report(token.place, "\"&\" or \"|\" is missing before \(shown(token))")
            } else {
                try report(token.place, misplaced())
                skipToOperator()
                continue
            }
            let next = stack.count
            fold(try unary(), from: next, keepingChain: true)
        }
        return .chain
    }

    private var beginsPrimary: Bool {
        switch token.kind {
        case .word, .not, .open: true
        default: false
        }
    }

    private mutating func unary() throws(Stop) -> Shape {
        guard token.kind == .not else { return try primary() }
        let start = stack.count
        let outer = depth
        while token.kind == .not {
            try nest()
            advance()
        }
        let negations = depth - outer
        fold(try primary(), from: start)
        depth = outer
        if stack.count > start, var tree = stack.popLast() {
            for _ in 0..<negations { tree = .not(tree) }
            stack.append(tree)
        }
        return .chain
    }

    private mutating func primary() throws(Stop) -> Shape {
        switch token.kind {
        case .open:
            return try parentheses(at: token)
        case .word:
            try wordPrimary()
            return .chain
        case .close where depth == 0:
            // Closes nothing: reported where reading stopped because of it.
            return .chain
        default:
            try report(placeOfToken, noPrimary())
            skipToOperator()
            return .chain
        }
    }

    private mutating func wordPrimary() throws(Stop) {
        let word = token
        switch shortWord(word) {
        case .any:
            advance()
            stack.append(.any(word.place))
        case .inner:
            advance()
            guard token.kind == .open else {
                try report(word.place, "the expression that inner tests stands in parentheses: inner(port = 80)")
                return skipToOperator()
            }
            let start = stack.count
            fold(try parentheses(at: token), from: start)
            if stack.count > start, let tree = stack.popLast() { stack.append(.inner(tree)) }
        default:
            if let condition = try condition() {
                stack.append(.condition(condition))
            }
        }
    }

    private mutating func parentheses(at opening: Token) throws(Stop) -> Shape {
        try nest()
        advance()
        var shape = try alternatives()
        while token.kind != .close && token.kind != .end {
            try report(token.place, misplaced())
            skipToOperator()
            if token.kind == .and || token.kind == .or {
                advance()
                shape = try alternatives()
            }
        }
        depth -= 1
        if token.kind == .close {
            advance()
        } else {
            try report(opening.place, "this \"(\" is not closed")
        }
        return shape
    }

    private mutating func nest() throws(Stop) {
        guard depth < ExpressionLimits.nesting else {
            log.error(token.place, "more than \(ExpressionLimits.nesting) levels of \"(\", \"!\" and \"inner(\"")
            throw Stop()
        }
        depth += 1
    }

    // MARK: Trees

    /// Makes one tree of the parts from `start` on; with `keepingChain`, a chain stays as it is.
    private mutating func fold(_ shape: Shape, from start: Int, keepingChain: Bool = false) {
        switch shape {
        case .chain:
            if keepingChain { return }
            Intervals.merge(&stack, from: start)
            guard stack.count - start > 1 else { return }
            let parts = Array(stack[start...])
            stack.removeSubrange(start...)
            stack.append(.and(parts))
        case .alternatives:
            guard stack.count - start > 1 else { return }
            let parts = Array(stack[start...])
            stack.removeSubrange(start...)
            stack.append(.or(parts))
        }
    }

    // MARK: Recovery

    /// Skips what is left of a wrong condition: to an operator, to what closes a group, or to the end.
    mutating func skipToOperator() {
        var braces = 0
        var parentheses = 0
        while true {
            switch token.kind {
            case .end: return
            case .and, .or: if parentheses == 0 { return }
            case .openBrace: braces += 1
            case .closeBrace: braces -= 1
            case .open: parentheses += 1
            case .close:
                if parentheses == 0 { return }
                parentheses -= 1
            default: break
            }
            advance()
        }
    }
}

extension Expression {
    /// Reads `text`, checks it against the names that exist, and applies the rules of meaning.
    ///
    /// Empty text (blanks and comments too) has no tree. Linear in the text's length.
    ///
    /// - Throws: all errors that were found, at most `ExpressionLimits.errors`, with the warnings between them.
    public init(parsing text: String, directory: Directory = Directory()) throws(ExpressionErrors) {
        let bytes = Array(text.utf8)
        guard bytes.count <= ExpressionLimits.text else {
            let place = SourceRange(ExpressionLimits.text, ExpressionLimits.text + 1)
            let limit = ExpressionLimits.text >> 20
            throw ExpressionErrors([
                Diagnostic(
                    .error, at: place, "an expression has at most \(limit) MiB of text; a list: takes any length")
            ])
        }
        var parser = Parser(bytes, directory)
        let tree = parser.parse()
        if let tree, !parser.log.hasErrors { parser.lookForTraps(in: tree) }
        guard !parser.log.hasErrors else { throw ExpressionErrors(parser.log.inOrder) }
        self.init(text: text, tree: tree, warnings: parser.log.inOrder)
    }
}
