import Expressions
import PacketDecoding
import Primitives
import SystemCalls

/// Reads the expression of a command: says what is wrong with it, and what may be meant.
struct ExpressionInput {
    let expression: Expression

    /// Parses `text` against what is known. Throws after all errors were said.
    init(_ text: String, _ surroundings: Surroundings, _ console: Console) throws {
        try self.init(text, surroundings.directory, facts: surroundings.facts, console)
    }

    /// Parses `text` with the names of `directory`, to be asked of packets of which `facts` are known.
    init(_ text: String, _ directory: Directory, facts: SourceFacts, _ console: Console) throws {
        do {
            expression = try Expression(parsing: text, directory: directory)
        } catch {
            console.tell(error.rendered(text) + "\n")
            throw ToolStatus(code: GatelogTool.ExitStatus.failure)
        }
        // A name that nobody knows here has its warning already.
        let said = Set(expression.warnings.map(\.place))
        let unknowable = expression.unknowable(from: facts).filter { warning in
            !said.contains { warning.place.lower <= $0.lower && $0.upper <= warning.place.upper }
        }
        let warnings = expression.warnings + unknowable
        if !warnings.isEmpty { console.tell(DiagnosticText.render(warnings, of: text) + "\n") }
    }

    /// The text of a file that holds an expression; one byte more than an expression may have at most.
    static func text(ofFile path: String) throws -> String {
        do {
            return String(decoding: try Paths.contents(path, limit: ExpressionLimits.text + 1), as: UTF8.self)
        } catch {
            throw ToolFailure("the expression cannot be read: \(error)")
        }
    }
}
