/// Gathers errors and warnings, and says when there are enough of them.
struct DiagnosticLog {
    private(set) var diagnostics: [Diagnostic] = []
    private var errors = 0
    private var warnings = 0

    var hasErrors: Bool { errors > 0 }

    /// More errors would help nobody: reading on is over.
    var isFull: Bool { errors >= ExpressionLimits.errors }

    mutating func error(_ place: SourceRange, _ message: String) {
        errors += 1
        guard errors <= ExpressionLimits.errors else { return }
        diagnostics.append(Diagnostic(.error, at: place, message))
        if isFull {
            diagnostics.append(Diagnostic(.error, at: place, "there may be more errors: reading ended here"))
        }
    }

    mutating func warning(_ place: SourceRange, _ message: @autoclosure () -> String) {
        warnings += 1
        switch warnings {
        case ...ExpressionLimits.errors:
            diagnostics.append(Diagnostic(.warning, at: place, message()))
        case ExpressionLimits.errors + 1:
            diagnostics.append(Diagnostic(.warning, at: place, "there are more warnings, from here on"))
        default:
            break
        }
    }

    /// In the order of the text; of one place, errors first.
    var inOrder: [Diagnostic] {
        diagnostics.enumerated().sorted { left, right in
            let (first, second) = (left.element, right.element)
            if first.place.lower != second.place.lower { return first.place.lower < second.place.lower }
            if first.severity != second.severity { return first.severity == .error }
            return left.offset < right.offset
        }.map(\.element)
    }
}
