/// What the files of a log are called: `debug.log` is written, and of the rotated ones number 1 is the newest:
/// `debug.log.1` or, once compressed, `debug.log.1.zst`. Beside each text stands what the index knows (LogIndex):
/// its records, `debug.log.rec` or `debug.log.1.rec`, and the directory of these, `debug.log.idx` or `debug.log.1.idx`.
public struct LogFileNames: Hashable, Sendable {
    /// The greatest number of a rotated file.
    /// - Limit: rotated files of a log, whatever `logs.keep` says |  | the oldest go
    public static let mostSegments = 9_999

    /// "debug".
    public let log: String
    /// Without a slash at its end.
    public let folder: String

    /// A log's name is letters, digits, `-` and `_`: it becomes part of a path.
    public init(log: String, in folder: String) {
        precondition(
            !log.isEmpty && log.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 > 0x20 && $0 != UInt8(ascii: ".") },
            "a log's name becomes part of a path")
        self.log = log
        self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    }

    /// The text that is being written.
    public var live: String { "\(folder)/\(file)" }
    /// Its records.
    public var liveRecords: String { "\(folder)/\(file).rec" }
    /// The directory of its records.
    public var liveIndex: String { "\(folder)/\(file).idx" }

    /// A rotated file, not compressed.
    public func plain(_ number: Int) -> String { "\(folder)/\(file).\(number)" }
    /// A rotated file, compressed.
    public func compressed(_ number: Int) -> String { "\(folder)/\(file).\(number).zst" }
    /// The records of a rotated file.
    public func records(_ number: Int) -> String { "\(folder)/\(file).\(number).rec" }
    /// The directory of a rotated file's records.
    public func index(_ number: Int) -> String { "\(folder)/\(file).\(number).idx" }

    /// A compressed file that is not whole yet.
    var unfinished: String { "\(folder)/.\(file).zst.partial" }

    private var file: String { "\(log).log" }

    /// What a name in the folder is.
    public enum Part: Hashable, Sendable {
        case live, liveRecords, liveIndex
        case plain(Int), compressed(Int), records(Int), index(Int)
    }

    /// What `name`, without the folder, is of this log; nil where it is none of its files.
    public func part(_ name: String) -> Part? {
        guard name.hasPrefix(file) else { return nil }
        let rest = name.dropFirst(file.count)
        if rest.isEmpty { return .live }
        if rest == ".rec" { return .liveRecords }
        if rest == ".idx" { return .liveIndex }
        let words = rest.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        guard rest.first == ".", let first = words.first, let number = Int(first), "\(number)" == first,
            1...LogFileNames.mostSegments ~= number
        else { return nil }
        switch (words.count, words.last) {
        case (1, _): return .plain(number)
        case (2, "zst"): return .compressed(number)
        case (2, "rec"): return .records(number)
        case (2, "idx"): return .index(number)
        default: return nil
        }
    }
}
