import Expressions
import Foundation
import TestSupport
import Testing

/// The manual of the language against the language.
@Suite struct ManualTests {
    private let manual: String

    init() throws {
        let project = Fixtures.tests.deletingLastPathComponent()
        manual = try String(contentsOf: project.appendingPathComponent("docs/expressions.md"), encoding: .utf8)
    }

    @Test("each variable has its row", arguments: Variable.table.map(\.variable))
    func tells(_ variable: Variable) {
        let row = variable.row
        let places =
            switch row.places {
            case .one: "1"
            case .two: "2"
            case .everyTag: "every tag"
            }
        let comparators = row.comparators.map { "`\($0)`" }.joined(separator: " ")
        let author = row.isKerios ? "Kerio" : "ours"
        let line =
            "| `\(variable.rawValue)` | \(row.meaning) | \(places) | \(row.takes) | \(comparators) | \(author) |"
        #expect(manual.contains("\n\(line)\n"))
    }

    @Test("each example is an expression") func examples() throws {
        let blocks = manual.components(separatedBy: "```expression\n").dropFirst()
        #expect(blocks.count >= 3)
        for block in blocks {
            let example = block.components(separatedBy: "```")[0]
            for line in example.split(separator: "\n") {
                #expect(throws: Never.self, "\(line)") { try Expression(parsing: String(line)) }
            }
        }
    }
}
