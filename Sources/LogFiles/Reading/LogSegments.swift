import SystemCalls

/// One file of a log, as a listing of its folder found it.
struct LogSegment: Hashable, Sendable {
    /// 0 is the file that is written, 1 the newest of the rotated ones.
    var number: Int
    var path: String
    /// Before the suffixes of its index: `.rec` and `.idx`.
    var indexPath: String
    var status: FileStatus

    /// Whether both are the same file, though it may have another name by now.
    func isSameFile(as other: LogSegment) -> Bool {
        status.node == other.status.node && status.device == other.status.device
    }
}

/// The files of a log, the oldest first: `debug.log.2.zst`, `debug.log.1`, `debug.log`.
struct LogSegments: Sendable {
    private(set) var all: [LogSegment]

    /// Suffixes of rotated files that can be read.
    private static let suffixes = ["", ".zst", ".gz"]
    /// The greatest number of a rotated file.
    private static let mostSegments = 9_999
    /// Rotation renames while the folder is listed: then once more, so many times at most.
    private static let attempts = 8

    /// Lists the files of the log at `path`; only this one file where `isSingle`, or where it is a rotated one.
    init(path: String, isSingle: Bool = false) throws(LogReadError) {
        guard let status = try Self.status(path) else {
            guard !isSingle else { throw LogReadError(path, .noLog) }
            all = try Self.settled(path)
            guard !all.isEmpty else { throw LogReadError(path, .noLog) }
            return
        }
        guard status.kind == .regular else { throw LogReadError(path, .noFile) }
        let live = LogSegment(number: 0, path: path, indexPath: Self.withoutCompression(path), status: status)
        if isSingle || Self.isRotated(path) {
            all = [live]
            return
        }
        all = try Self.settled(path)
    }

    /// The file called `path`, compressed or not.
    static func status(ofAny path: String) throws(LogReadError) -> FileStatus? {
        for suffix in suffixes {
            if let status = try status(path + suffix) { return status }
        }
        return nil
    }

    /// Lists until two listings agree, so that no file is missed or found twice while it is renamed.
    private static func settled(_ path: String) throws(LogReadError) -> [LogSegment] {
        var before = try listing(path)
        for _ in 0..<attempts {
            let now = try listing(path)
            if now.elementsEqual(before, by: { $0.path == $1.path && $0.isSameFile(as: $1) }) { return now }
            before = now
        }
        return before
    }

    private static func listing(_ path: String) throws(LogReadError) -> [LogSegment] {
        let rotated = try rotated(path)
        guard let status = try status(path), status.kind == .regular else { return rotated }
        return rotated + [LogSegment(number: 0, path: path, indexPath: path, status: status)]
    }

    private static func rotated(_ path: String) throws(LogReadError) -> [LogSegment] {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
        var found: [Int: LogSegment] = [:]
        for entry in try names(in: folder) where entry.hasPrefix(name + ".") {
            guard let (number, suffix) = Self.number(entry.dropFirst(name.utf8.count + 1)) else { continue }
            let whole = "\(path).\(number)\(suffix)"
            // Where both are there, compression is not done yet, or just done: the plain one is whole either way.
            if found[number]?.path == "\(path).\(number)" { continue }
            guard let status = try status(whole), status.kind == .regular else { continue }
            found[number] = LogSegment(number: number, path: whole, indexPath: "\(path).\(number)", status: status)
        }
        return found.values.sorted { $0.number > $1.number }
    }

    /// The number and the suffix of `2.zst`.
    private static func number(_ name: Substring) -> (Int, String)? {
        let digits = name.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), String(number) == digits, 1...mostSegments ~= number else {
            return nil
        }
        let suffix = String(name.dropFirst(digits.count))
        return suffixes.contains(suffix) ? (number, suffix) : nil
    }

    /// Whether a name ends as those of rotated files do.
    private static func isRotated(_ path: String) -> Bool {
        let plain = withoutCompression(path)
        guard let dot = plain.lastIndex(of: ".") else { return plain != path }
        return number(plain[plain.index(after: dot)...]) != nil || plain != path
    }

    private static func withoutCompression(_ path: String) -> String {
        for suffix in suffixes.dropFirst() where path.hasSuffix(suffix) { return String(path.dropLast(suffix.count)) }
        return path
    }

    private static func status(_ path: String) throws(LogReadError) -> FileStatus? {
        do {
            return try Paths.status(path)
        } catch {
            throw LogReadError(path, .call(error))
        }
    }

    private static func names(in folder: String) throws(LogReadError) -> [String] {
        do {
            return try Folders.names(in: folder)
        } catch {
            throw LogReadError(folder, .call(error))
        }
    }
}
