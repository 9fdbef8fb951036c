import Foundation
public import Testing

/// Texts that a person has looked at, one file each under Tests/Golden. With GATELOG_RECORD=1 in the
/// environment the files are written again; the difference is then read in the commit.
public enum Golden {
    /// Compares `text` with Tests/Golden/`name` and records an issue that shows the first line in which they differ.
    public static func check(
        _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let file = folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["GATELOG_RECORD"] == "1" {
            do {
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            } catch {
                Issue.record("Tests/Golden/\(name) could not be written: \(error)", sourceLocation: sourceLocation)
            }
            return
        }
        guard let data = try? Data(contentsOf: file) else {
            Issue.record(
                "Tests/Golden/\(name) is not there; look at the text and record it with GATELOG_RECORD=1:\n\(text)",
                sourceLocation: sourceLocation)
            return
        }
        let wanted = String(decoding: data, as: UTF8.self)
        guard wanted != text else { return }
        Issue.record(Comment(rawValue: difference(name, wanted, text)), sourceLocation: sourceLocation)
    }

    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Golden")

    private static func difference(_ name: String, _ wanted: String, _ got: String) -> String {
        let wantedLines = wanted.split(separator: "\n", omittingEmptySubsequences: false)
        let gotLines = got.split(separator: "\n", omittingEmptySubsequences: false)
        var line = 0
        while line < min(wantedLines.count, gotLines.count), wantedLines[line] == gotLines[line] { line += 1 }
        let wantedLine = line < wantedLines.count ? String(wantedLines[line]) : "(the end)"
        let gotLine = line < gotLines.count ? String(gotLines[line]) : "(the end)"
        return """
            Tests/Golden/\(name) differs in line \(line + 1) (GATELOG_RECORD=1 records it anew)
              golden: \(wantedLine)
              now:    \(gotLine)
            """
    }
}
