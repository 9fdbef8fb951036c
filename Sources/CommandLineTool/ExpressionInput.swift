import Expressions
import PacketDecoding
import Primitives
import SystemCalls

/// Reads the expression of a command: says what is wrong with it, and what may be meant.
struct ExpressionInput {
    let expression: Expression

    /// Parses `text` against what is known. Throws after all errors were said.
    init(_ text: String, _ directory: Directory, _ console: Console) throws {
        do {
            expression = try Expression(parsing: text, directory: directory)
        } catch {
            console.tell(error.rendered(text))
            throw ToolStatus(code: GatelogTool.ExitStatus.failure)
        }
        if !expression.warnings.isEmpty {
            console.tell(expression.renderedWarnings)
        }
    }
}
