import Compression
import Foundation
import LogFiles
import Patterns
import Primitives
import TestSupport

/// A log of random lines in files of all forms, and the obviously correct reader of it.
struct MadeUpLog {
    let path: String
    /// All lines, the oldest first.
    private(set) var lines: [[UInt8]] = []
    /// The second of each line, in UTC; nil where it has none, and none before it in its file.
    private(set) var times: [Int64?] = []

    static let start: Int64 = 1_795_219_200

    /// Writes `files` files with random lines into `folder`.
    init(in folder: String, files: Int, linesEach: ClosedRange<Int>, _ generator: inout SeededGenerator) throws {
        path = "\(folder)/made.log"
        var second = Self.start
        for number in (0..<files).reversed() {
            var text: [UInt8] = []
            var time: Int64?
            for _ in 0..<Int.random(in: linesEach, using: &generator) {
                second += Int64.random(in: 0..<3, using: &generator)
                let (line, isTimed) = Self.line(second, &generator)
                if isTimed { time = second }
                lines.append(line)
                times.append(time)
                text += line + [10]
            }
            try write(text, number, &generator)
        }
    }

    private static func line(_ second: Int64, _ generator: inout SeededGenerator) -> ([UInt8], Bool) {
        let words = ["GET", "post", "needle", "", "seq:1", "ä", "\u{1B}[31m", "len:60"]
        var line: [UInt8] = []
        for _ in 0..<Int.random(in: 0...12, using: &generator) {
            line += Array(words.randomElement(using: &generator)!.utf8) + [32]
        }
        if Int.random(in: 0..<20, using: &generator) == 0 { line += [0, 0xFF, 0xC3] }
        let isTimed = Int.random(in: 0..<10, using: &generator) > 0
        return (isTimed ? stamp(second) + line : line, isTimed)
    }

    /// `[21/Nov/2026 00:00:00] `, by the C library.
    static func stamp(_ second: Int64) -> [UInt8] {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "'['dd/MMM/yyyy HH:mm:ss'] '"
        return Array(formatter.string(from: Date(timeIntervalSince1970: TimeInterval(second))).utf8)
    }

    private func write(_ text: [UInt8], _ number: Int, _ generator: inout SeededGenerator) throws {
        let form = number == 0 ? 0 : Int.random(in: 0..<4, using: &generator)
        let suffix = number == 0 ? "" : ".\(number)"
        let bytes: [UInt8]
        let ending: String
        switch form {
        case 0: (bytes, ending) = (text, "")
        case 1: (bytes, ending) = (try Self.pack(text), ".zst")
        case 2: (bytes, ending) = (try Peer.output(of: "zstd", ["-c"], input: text).output, ".zst")
        default: (bytes, ending) = (try Peer.output(of: "gzip", ["-c"], input: text).output, ".gz")
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path + suffix + ending))
    }

    static func pack(_ text: [UInt8]) throws -> [UInt8] {
        var encoder = try ZstdSeekableEncoder(frameSize: 64 << 10)
        var packed = ByteBuffer()
        try encoder.append(text.span.bytes, into: &packed)
        try encoder.finish(into: &packed)
        return packed.bytes.withUnsafeBytes { [UInt8]($0) }
    }

    /// The lines that a selection means, one by one.
    func selected(_ selection: LogSelection) throws -> [[UInt8]] {
        let pattern = try selection.pattern.map {
            try Pattern($0, ignoresCase: selection.ignoresCase, over: .text)
        }
        return zip(lines, times).filter { line, time in
            if let pattern {
                let ended = line + [10]
                guard pattern.matches(ended.span.bytes.extracting(0..<line.count)) else { return false }
            }
            guard selection.since != nil || selection.until != nil else { return true }
            guard let time else { return false }
            let stamp = Timestamp(seconds: time)
            return selection.since.map { stamp >= $0 } ?? true && selection.until.map { stamp < $0 } ?? true
        }.map(\.0)
    }

    static func selection(_ generator: inout SeededGenerator) -> LogSelection {
        var selection = LogSelection()
        let patterns = [
            nil, "needle", "NEEDLE", "^.GET", "seq:\\d.*len", "\\x1b", "$", "nothing here", "ä", "needle $",
        ]
        selection.pattern = patterns.randomElement(using: &generator)!
        selection.ignoresCase = selection.pattern != nil && Bool.random(using: &generator)
        func time() -> Timestamp? {
            guard Bool.random(using: &generator) else { return nil }
            return Timestamp(seconds: start + .random(in: -10...3_000, using: &generator))
        }
        selection.since = time()
        selection.until = time()
        return selection
    }
}

/// Gathers what a search finds.
final class GatheringSink: LogSearchSink, @unchecked Sendable {
    // `take` never runs twice at once, and nobody reads before the search has ended.
    private(set) var text: [UInt8] = []

    func take(_ lines: RawSpan) -> Bool {
        lines.withUnsafeBytes { text += $0 }
        return true
    }

    var lines: [[UInt8]] {
        var lines = text.split(separator: 10, omittingEmptySubsequences: false).map { Array($0) }
        lines.removeLast()
        return lines
    }
}
