import Expressions
import FuzzDriver
import Primitives

// Any text is read or refused, and what is read is printed, read again, told, completed and drawn.

private let directory: Directory = {
    var directory = Directory()
    directory.interfaces = [.init(displayName: "Internet", kernelName: "eth0", connection: "branch")]
    directory.lists = ["servers": []]
    directory.users = [.init(name: "ann", groups: ["staff"])]
    return directory
}()

@main
enum ExpressionTarget {
    static func main() { FuzzDriver.run({ fuzzExpression($0, $1) }) }
}

private func fuzzExpression(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    let middle = text.utf8.count / 2
    _ = Completion.candidates(in: text, at: text.utf8.count, directory: directory)
    _ = Completion.candidates(in: text, at: middle, directory: directory)
    for directory in [directory, Directory()] {
        do throws(ExpressionErrors) {
            let expression = try Expression(parsing: text, directory: directory)
            check(expression, directory)
        } catch {
            precondition(!error.rendered(text).isEmpty, "an error says something")
            for diagnostic in error.diagnostics {
                let place = diagnostic.place
                precondition(
                    place.lower >= 0 && place.lower <= place.upper && place.upper <= text.utf8.count,
                    "an error is in the text")
            }
        }
    }
    return 0
}

/// The canonical form is a fixpoint, and it keeps the meaning.
private func check(_ expression: Expression, _ directory: Directory) {
    _ = expression.sentences(directory: directory)
    _ = expression.renderedWarnings
    let canonical = expression.canonical
    guard let again = try? Expression(parsing: canonical, directory: directory) else {
        preconditionFailure("the canonical form is refused: \(canonical)")
    }
    precondition(again.canonical == canonical, "the canonical form changes: \(canonical)\n\(again.canonical)")
}
