import Foundation
import TestSupport
import Testing

/// What ipmon of 3.4.35, 4.1.35 and 5.1.2 printed of logs that were made for it (Tests/Fixtures/ipmon).
@Suite("The text of the original")
struct RecordedTextTests {
    private static let names: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: Fixtures.path("ipmon"))) ?? []
        return names.filter { $0.hasSuffix(".txt") }.sorted()
    }()

    @Test("There are texts to compare with")
    func presence() {
        #expect(Self.names.count > 200)
    }

    @Test("Each text is equal, byte for byte", arguments: names)
    func text(_ name: String) throws {
        let parts = name.dropLast(".txt".count).components(separatedBy: ".opt-")
        try #require(parts.count == 2)
        let log = Fixtures.path("ipmon/\(parts[0]).bin")
        let options = parts[1] == "none" ? [] : ["-\(parts[1])"]
        let harness = MonitorHarness()
        let status = harness.run(options + Self.sources(parts[0], log))
        #expect(status == 0)
        let wanted = String(decoding: Fixtures.bytes("ipmon/\(name)"), as: UTF8.self)
        if let line = firstDifference(wanted, harness.text) { Issue.record("\(name): \(line)") }
    }

    private static func sources(_ name: String, _ log: String) -> [String] {
        if name == "v5-seq" { return ["-f", log, "-N", log, "-S", log] }
        if name.contains("-nat") { return ["-N", log] }
        if name.contains("-state") { return ["-S", log] }
        return ["-f", log]
    }
}

/// The first line in which two texts differ.
func firstDifference(_ wanted: String, _ found: String) -> String? {
    guard wanted != found else { return nil }
    let left = wanted.split(separator: "\n", omittingEmptySubsequences: false)
    let right = found.split(separator: "\n", omittingEmptySubsequences: false)
    var line = 0
    while line < min(left.count, right.count), left[line] == right[line] { line += 1 }
    let first = line < left.count ? String(left[line]) : "(the end)"
    let second = line < right.count ? String(right[line]) : "(the end)"
    return "line \(line + 1)\n  wanted: \(first)\n  found:  \(second)"
}
