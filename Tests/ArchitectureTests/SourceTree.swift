import Foundation

/// One source file as the rules of the house look at it.
struct SourceFile {
    /// From the root of the repository: "Sources/Primitives/Timestamp.swift".
    let path: String
    let lines: [Substring]

    /// "Primitives" for a file of that room.
    var room: String { String(path.split(separator: "/")[1]) }

    /// The modules that the file imports, with the lines that say so.
    var imports: [(module: String, line: Int)] {
        lines.enumerated().compactMap { index, line in
            var words = line.split(separator: " ")
            while let first = words.first, first.hasPrefix("@") || ["public", "internal", "package"].contains(first) {
                words.removeFirst()
            }
            guard words.first == "import", let name = words.dropFirst().first else { return nil }
            return (String(name.split(separator: ".")[0]), index + 1)
        }
    }

    /// The functions and initialisers, with their first line and how many lines they take. Goes by the
    /// indentation that the formatter guarantees: a body ends at the first "}" as deep as its head.
    var functions: [(line: Int, length: Int)] {
        var found: [(Int, Int)] = []
        for (index, line) in lines.enumerated() {
            let text = line.drop { $0 == " " }
            let words = text.split(whereSeparator: { " (<".contains($0) })
            guard
                let keyword = words.firstIndex(where: { ["func", "init", "init?", "deinit", "subscript"].contains($0) }
                ),
                words[..<keyword].allSatisfy({
                    !$0.contains("/") && !$0.contains("=") && $0 != "case" && !$0.contains(".")
                })
            else { continue }
            if line.contains("{"), line.hasSuffix("}") {
                found.append((index + 1, 1))
                continue
            }
            let indentation = line.prefix { $0 == " " } + "}"
            guard let end = lines[index...].firstIndex(where: { $0.hasPrefix(indentation) }) else { continue }
            found.append((index + 1, end - index + 1))
        }
        return found
    }
}

/// The repository's files.
enum SourceTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The Swift files below a folder of the repository.
    static func swiftFiles(in folder: String) throws -> [SourceFile] {
        let base = root.appending(path: folder)
        let names = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
            let text = try String(contentsOf: base.appending(path: name), encoding: .utf8)
            return SourceFile(
                path: "\(folder)/\(name)", lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }
}
