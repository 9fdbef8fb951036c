import Testing

/// Style that a machine can check. What it refuses, it says with the way out.
@Suite("The house is tidy")
struct TidyTests {
    static let pureRooms: Set<String> = [
        "Primitives", "PacketDecoding", "Expressions", "CaptureFiles", "Records", "LogIndex",
    ]

    /// Words that have no place in a pure room: clocks, files, threads, randomness.
    static let impureWords = [
        "fopen(", "clock_gettime", "gettimeofday", "Thread(", "Task {", "Task.detached", "DispatchQueue", "URL(",
        "FileManager", "Date()", "ContinuousClock", "SystemRandomNumberGenerator", ".random(", "getenv(", "print(",
    ]

    @Test("Files stay under 500 lines, sources and tests alike")
    func fileLength() throws {
        for file in try SourceTree.swiftFiles(in: "Sources") + SourceTree.swiftFiles(in: "Tests") {
            #expect(file.lines.count <= 500, "\(file.path) has \(file.lines.count) lines; it probably holds two ideas")
        }
    }

    @Test("Functions stay under 70 lines")
    func functionLength() throws {
        for file in try SourceTree.swiftFiles(in: "Sources") {
            for function in file.functions where function.length > 70 {
                Issue.record("\(file.path):\(function.line): \(function.length) lines; split it by what it decides")
            }
        }
    }

    @Test("Pure rooms take bytes and time as values")
    func purity() throws {
        for file in try SourceTree.swiftFiles(in: "Sources") where Self.pureRooms.contains(file.room) {
            for (index, line) in file.lines.enumerated() {
                let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
                for word in Self.impureWords where code.contains(word) {
                    Issue.record("\(file.path):\(index + 1): \(word) has no place in a pure room; pass the value in")
                }
            }
        }
    }

    @Test("Nothing says that it was left for later")
    func leftovers() throws {
        let words = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]
        for file in try SourceTree.swiftFiles(in: "Sources") + SourceTree.swiftFiles(in: "Tests") {
            for (index, line) in file.lines.enumerated() {
                let tokens = line.split { !$0.isLetter && !$0.isNumber }
                for word in words where tokens.contains(Substring(word)) {
                    Issue.record("\(file.path):\(index + 1): finish it, or say it in an issue (\(word))")
                }
            }
        }
    }

    @Test("`try!` and forced casts stay out of the sources")
    func forced() throws {
        for file in try SourceTree.swiftFiles(in: "Sources") {
            for (index, line) in file.lines.enumerated() {
                for word in ["try!", " as! ", "fatalError("] where line.contains(word) {
                    Issue.record("\(file.path):\(index + 1): \(word) — throw, or state the invariant by precondition")
                }
            }
        }
    }
}
