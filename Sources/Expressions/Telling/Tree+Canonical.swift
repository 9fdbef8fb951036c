// The canonical form: one way to write each expression, and reading it gives the same tree.

extension Expression {
    /// The expression as the language itself would write it: symbols for words, one space around
    /// operators, names in quotes, prefixes masked. Empty text where there is no tree.
    public var canonical: String { tree?.canonical ?? "" }
}

extension Tree {
    /// As `Expression.canonical`.
    public var canonical: String {
        var text = ""
        write(to: &text, inside: .nothing, depth: 0)
        return text
    }

    /// What stands around a part and decides whether it needs parentheses.
    private enum Context {
        case nothing, or, and, not
    }

    /// `depth` counts what stands around: `!(port = 53)` is written as `!port = 53` where the parentheses
    /// would be one level too many to read.
    private func write(to text: inout String, inside context: Context, depth: Int) {
        switch self {
        case .any:
            text += "any"
        case .and(let parts):
            let isEnclosed = context == .not
            Self.write(parts, " & ", to: &text, inside: .and, isEnclosed, depth)
        case .or(let parts):
            let isEnclosed = context == .not || context == .and
            Self.write(parts, " | ", to: &text, inside: .or, isEnclosed, depth)
        case .not(let tree):
            text += "!"
            tree.write(to: &text, inside: .not, depth: depth + 1)
        case .inner(let tree):
            text += "inner("
            tree.write(to: &text, inside: .nothing, depth: depth + 1)
            text += ")"
        case .condition(let condition):
            let isEnclosed = context == .not && (depth < ExpressionLimits.nesting || condition.isChainWhenWritten)
            text += isEnclosed ? "(\(condition.canonical))" : condition.canonical
        }
    }

    private static func write(
        _ parts: [Tree], _ separator: String, to text: inout String, inside context: Context, _ isEnclosed: Bool,
        _ depth: Int
    ) {
        if isEnclosed { text += "(" }
        for index in parts.indices {
            if index > 0 { text += separator }
            parts[index].write(to: &text, inside: context, depth: depth + (isEnclosed ? 1 : 0))
        }
        if isEnclosed { text += ")" }
    }
}

extension Condition {
    /// The condition as the language would write it; an interval with two ends is an `&` chain of two.
    public var canonical: String {
        let name = variable.rawValue
        switch test {
        case .isOne(let values): return "\(name) = \(Self.set(values, of: variable))"
        case .isNone(let values): return "\(name) != \(Self.set(values, of: variable))"
        case .flags(let flags, let negated): return "\(name) \(negated ? "!=" : "=") \(flags.canonical)"
        case .interval(let lower, let upper): return Self.interval(name, lower, upper, most: variable.row.most)
        case .matches(let regex): return "\(name) ~ \(regex.canonical)"
        }
    }

    /// An interval with two ends.
    fileprivate var isChainWhenWritten: Bool {
        if case .interval(let lower, let upper) = test { lower > 0 && upper < variable.row.most } else { false }
    }

    private static func set(_ values: [Value], of variable: Variable) -> String {
        if values.count == 1 { return values[0].canonical(of: variable) }
        return "{ " + values.map { $0.canonical(of: variable) }.joined(separator: ", ") + " }"
    }

    private static func interval(_ name: String, _ lower: UInt32, _ upper: UInt32, most: UInt32) -> String {
        // An interval above the last number is only reached by `>`.
        let above = lower > most ? "\(name) > \(most)" : "\(name) >= \(lower)"
        if upper >= most { return above }
        let below = "\(name) <= \(upper)"
        return lower == 0 ? below : "\(above) & \(below)"
    }
}

extension VariableRow {
    /// The largest number that the variable takes; 0 where it takes none.
    public var most: UInt32 {
        if case .numbers(let most, _) = values { return most }
        return 0
    }
}

extension FlagTest {
    /// `SYN +ACK -RST`: set ones first, a plus before all but the first.
    public var canonical: String {
        if self == .none { return "NONE" }
        if self == .all { return "ALL" }
        var words: [String] = []
        for (name, bit) in Self.names where set & bit != 0 { words.append(words.isEmpty ? name : "+\(name)") }
        for (name, bit) in Self.names where clear & bit != 0 { words.append("-\(name)") }
        return words.joined(separator: " ")
    }
}

extension RegexLiteral {
    /// With its slashes; one inside is written `\/`.
    public var canonical: String {
        var text: [UInt8] = []
        var isEscaped = false
        for byte in pattern.utf8 {
            if byte == UInt8(ascii: "/") && !isEscaped { text.append(UInt8(ascii: "\\")) }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            text.append(byte)
        }
        return "/\(String(decoding: text, as: UTF8.self))/\(ignoresCase ? "i" : "")"
    }
}
