import Primitives
import Settings
import SystemCalls

/// What became of a file of addresses.
public struct GroupFileNews: Hashable, Sendable, CustomStringConvertible {
    public enum Outcome: Hashable, Sendable {
        /// Read; so many entries.
        case read(Int)
        /// It cannot be used as it stands, and so many entries of it hold: those that were read before, or at the
        /// first time those lines that are right.
        case broken(reason: String, entries: Int)
    }

    /// Where the file stands.
    public var path: String
    public var outcome: Outcome

    /// A sentence for a log.
    public var description: String {
        let path = String(appending: { $0.append(escaping: self.path) })
        switch outcome {
        case .read(let entries): return "\(path): \(entries) \(entries == 1 ? "entry" : "entries") read"
        case .broken(let reason, 0): return "\(reason); nothing of it is known, its group goes without"
        case .broken(let reason, let entries):
            return "\(reason); \(entries) \(entries == 1 ? "entry" : "entries") read before stay in force"
        }
    }
}

/// One file of addresses and what was read of it.
struct GroupFile: Sendable {
    let path: String
    private(set) var ranges: [AddressRange] = []
    /// What is wrong with it as it stands.
    private(set) var problem: String?
    /// What the file was when it was read last; nil before, and where it was missing.
    private var seen: FileStatus?
    /// What the file was when it was looked at last, where that is not what was read.
    private var pending: FileStatus?
    private var wasRead = false

    init(path: String) { self.path = path }

    /// The path without the last part.
    var folder: String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }

    var name: String { String(path.utf8.split(separator: UInt8(ascii: "/")).last.flatMap { String($0) } ?? "") }

    /// Reads the file where it is another one than what was read, or has changed since.
    mutating func readIfChanged() -> GroupFileNews? {
        let status: FileStatus?
        do {
            status = try Paths.status(path)
        } catch {
            return broken("\(error)", seen: nil)
        }
        guard let status else { return broken("\(missing) (stat)", seen: nil) }
        guard status != seen else { return nil }
        pending = nil
        return read(status)
    }

    /// The same for whoever looks from time to time: a file that is being written is left to the next look, when it
    /// has not changed between two looks.
    mutating func readIfSettled() -> GroupFileNews? {
        if let status = try? Paths.status(path), status != seen, status != pending {
            pending = status
            return nil
        }
        return readIfChanged()
    }

    private var missing: String {
        "\(String(appending: { $0.append(escaping: path) })): \(Errno.noSuchFile)"
    }

    private mutating func read(_ status: FileStatus) -> GroupFileNews? {
        let bytes: [UInt8]
        do {
            guard status.kind == .regular else {
                return broken("\(path): no file that can be read to its end; name a regular file", seen: status)
            }
            bytes = try Paths.contents(path, limit: AddressFile.longest)
        } catch {
            return broken(error.errno == .fileTooLarge ? tooLong : "\(error)", seen: status)
        }
        let (entries, errors) = AddressFile.entries(bytes, file: path)
        guard let errors else {
            ranges = entries
            problem = nil
            wasRead = true
            // Written meanwhile: the next look finds another status and reads again.
            seen = status
            return GroupFileNews(path: path, outcome: .read(entries.count))
        }
        // A list that is broken from the start is better than none.
        if !wasRead { ranges = entries }
        let first = errors.errors[0].description
        let others = errors.errors.count + errors.omitted - 1
        return broken(others == 0 ? first : "\(first) (and \(others) more lines)", seen: status)
    }

    private var tooLong: String {
        "\(path): more than \(ByteSize(bytes: AddressFile.longest)); write prefixes in place of addresses"
    }

    /// Keeps what there is. Says it once for each state that the file is in.
    private mutating func broken(_ reason: String, seen status: FileStatus?) -> GroupFileNews? {
        seen = status
        if status == nil {
            pending = nil
            if problem?.hasPrefix(reason) == true { return nil }
        }
        let news = GroupFileNews(path: path, outcome: .broken(reason: reason, entries: ranges.count))
        problem = news.description
        return news
    }
}
