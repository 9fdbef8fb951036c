/// Where the tokens so far have led: which kind of thing can stand next. A rough reading that never
/// gives up: behind something wrong it waits for the next operator.
struct CompletionContext {
    enum State {
        case condition
        /// Behind `inner`.
        case openParenthesis
        case comparator(VariableRow)
        case value(VariableRow, Token.Kind)
        /// A value inside braces.
        case item(VariableRow)
        case afterItem(VariableRow)
        /// The string behind `list:` and its like.
        case named(Operand.Form, VariableRow)
        case flags(hasSome: Bool)
        case afterCondition
        case lost
    }

    private(set) var state = State.condition
    private(set) var openParentheses = 0
    private var isInSet = false
    /// The last word, while it may turn out to stand before a colon.
    private var word = ShortWord("")
    private var row: VariableRow?

    mutating func follow(_ token: Token, _ bytes: [UInt8]) {
        if token.kind == .word { word = ShortWord(bytes.span.extracting(token.lower..<token.upper)) }
        if followOperator(token) { return }
        switch state {
        case .condition:
            state = begin(token)
        case .openParenthesis, .lost:
            break
        case .comparator(let row):
            state = afterComparator(token, row)
        case .value(let row, _):
            state = token.kind == .openBrace ? .item(row) : after(token, .afterCondition)
            isInSet = token.kind == .openBrace
        case .item(let row), .named(_, let row):
            state = after(token, isInSet ? .afterItem(row) : .afterCondition)
        case .afterItem(let row):
            followItem(token, row)
        case .flags:
            state = .flags(hasSome: true)
        case .afterCondition:
            followValue(token)
        }
    }

    /// Operators and parentheses mean the same everywhere, but for those that begin a condition.
    private mutating func followOperator(_ token: Token) -> Bool {
        switch token.kind {
        case .and, .or:
            state = .condition
            isInSet = false
        case .open:
            openParentheses += 1
            state = .condition
        case .close:
            openParentheses = max(0, openParentheses - 1)
            state = .afterCondition
        default:
            return false
        }
        return true
    }

    private mutating func begin(_ token: Token) -> State {
        switch token.kind {
        case .not: return .condition
        case .word where word == .any: return .afterCondition
        case .word where word == .inner: return .openParenthesis
        case .word:
            row = Variable.row(named: word)
            return row.map(State.comparator) ?? .lost
        default: return .lost
        }
    }

    private func afterComparator(_ token: Token, _ row: VariableRow) -> State {
        switch token.kind {
        case .equal, .unequal: row.values == .flags ? .flags(hasSome: false) : .value(row, token.kind)
        case .less, .lessOrEqual, .greater, .greaterOrEqual, .tilde: .value(row, token.kind)
        default: .lost
        }
    }

    private func after(_ token: Token, _ state: State) -> State {
        switch token.kind {
        case .word, .string, .regex: state
        default: .lost
        }
    }

    private mutating func followItem(_ token: Token, _ row: VariableRow) {
        switch token.kind {
        case .comma, .dash: state = .item(row)
        case .closeBrace:
            state = .afterCondition
            isInSet = false
        case .colon: state = named(row)
        default: state = .lost
        }
    }

    private mutating func followValue(_ token: Token) {
        switch token.kind {
        case .colon: state = row.map(named) ?? .lost
        case .dash: state = row.map { .value($0, .dash) } ?? .lost
        default: state = .lost
        }
    }

    private func named(_ row: VariableRow) -> State {
        switch word {
        case .list: .named(.list, row)
        case .user: .named(.user, row)
        case .vpn: .named(.vpn, row)
        default: .lost
        }
    }
}
