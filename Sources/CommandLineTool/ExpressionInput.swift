import Expressions
import PacketDecoding
import Primitives
import SystemCalls

/// Reads the expression of a command: says what is wrong with it, and what may be meant.
struct ExpressionInput {
    let expression: Expression

    /// Parses `text` against what is known. Throws after all errors were said.
    init(_ text: String, _ surroundings: Surroundings, _ console: Console) throws {
        do {
            expression = try Expression(parsing: text, directory: surroundings.directory)
        } catch {
            console.tell(error.rendered(text) + "\n")
            throw ToolStatus(code: GatelogTool.ExitStatus.failure)
        }
        let warnings = expression.warnings + expression.unknowable(from: surroundings.facts)
        if !warnings.isEmpty { console.tell(DiagnosticText.render(warnings, of: text) + "\n") }
    }
}
