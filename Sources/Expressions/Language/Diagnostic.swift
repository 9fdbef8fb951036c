/// An error or a warning about an expression, with its place. The text says what was found,
/// what could stand there and what was probably meant.
public struct Diagnostic: Error, Hashable, Sendable {
    public enum Severity: String, Hashable, Sendable {
        case error, warning
    }

    public var severity: Severity
    public var place: SourceRange
    public var message: String

    public init(_ severity: Severity, at place: SourceRange, _ message: String) {
        self.severity = severity
        self.place = place
        self.message = message
    }
}

/// All errors of one text, in its order; thrown by `Expression.init(parsing:)`.
public struct ExpressionErrors: Error, Hashable, Sendable {
    /// Errors and, between them, the warnings that were found on the way.
    public var diagnostics: [Diagnostic]

    public init(_ diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics
    }
}

/// Limits of the language, each an error with a position.
public enum ExpressionLimits {
    /// Bytes of text.
    /// - Limit: text of an expression | bytes | an error with its position
    public static let text = 16 << 20
    /// Levels of parentheses, `!` and `inner(`.
    /// - Limit: nesting of an expression | levels | an error with its position
    public static let nesting = 256
    /// Errors reported in one go; reading ends there.
    /// - Limit: errors told of one expression |  | a line says that reading ended there
    public static let errors = 20
    /// Regular expressions, each of which is a program of its own.
    /// - Limit: regular expressions in one expression |  | an error with its position
    public static let patterns = 1000
}
