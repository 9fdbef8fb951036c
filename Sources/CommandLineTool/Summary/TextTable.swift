/// A table in plain text: columns as wide as their widest cell, two spaces apart.
struct TextTable {
    enum Alignment {
        case left, right
    }

    private let alignments: [Alignment]
    private var rows: [[String]]

    /// A table with these heads; each row must have as many cells.
    init(_ columns: [(head: String, alignment: Alignment)]) {
        alignments = columns.map(\.alignment)
        rows = [columns.map(\.head)]
    }

    var isEmpty: Bool { rows.count == 1 }

    mutating func add(_ cells: [String]) {
        precondition(cells.count == alignments.count, "a row has a cell for each column")
        rows.append(cells)
    }

    /// The lines, each ended by a line feed, without trailing spaces.
    var text: String {
        let widths = alignments.indices.map { column in rows.map { Self.width($0[column]) }.max() ?? 0 }
        var text = ""
        for row in rows {
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - Self.width(cell))
                line += column == 0 ? "" : "  "
                line += alignments[column] == .left ? cell + padding : padding + cell
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }

    /// How many places a cell takes on a terminal: its colours take none.
    private static func width(_ cell: String) -> Int {
        guard cell.utf8.contains(0x1B) else { return cell.count }
        return cell.split(separator: "\u{1B}[", omittingEmptySubsequences: false).enumerated().reduce(0) { sum, part in
            sum + (part.offset == 0 ? part.element : part.element.drop { $0 != "m" }.dropFirst()).count
        }
    }
}
