import CLinux
import Primitives

/// Folders whose files are told of as they change (inotify(7)): written and closed, renamed, removed.
///
/// The kernel tells only of what happens on this machine: files on a network drive are also looked at from time to
/// time by whoever must know of them.
public struct FileWatch: ~Copyable, Sendable {
    /// A folder that is watched, until it is removed or replaced.
    public struct Folder: Hashable, Sendable {
        let number: Int32
    }

    /// What happened to a file in a folder.
    public struct Event: Hashable, Sendable {
        public enum Kind: Hashable, Sendable {
            /// Written and closed, or renamed to this name.
            case written
            /// Made or written to; told only where it is asked for.
            case growing
            /// Removed, or renamed away.
            case removed
            /// The folder itself is gone; it is not watched any more.
            case folderGone
            /// The kernel had to forget events: look at everything.
            case overflow
        }

        /// Nil for `overflow`.
        public var folder: Folder?
        /// The file's name in the folder; "" where it is about the folder.
        public var name: String
        public var kind: Kind
    }

    /// The number to wait for with `Poll`, until something can be fetched; negative where the kernel gives no more
    /// watches to this user (fs.inotify.max_user_instances): then nothing is told.
    public let number: Int32
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)

    /// Watches nothing yet.
    public init() {
        number = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    }

    deinit {
        if number >= 0 { _ = gatelog_close(number) }
    }

    /// Watches the files of a folder; the same folder twice is watched once. `tellsGrowing`: each write is told of, as
    /// long as nobody has fetched the one before.
    public mutating func add(_ path: String, tellsGrowing: Bool = false) throws(SystemCallError) -> Folder {
        let watch = number
        let closed = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF
        let events = tellsGrowing ? closed | IN_MODIFY | IN_CREATE : closed
        return Folder(
            number: try checked("inotify_add_watch", path) {
                unsafe inotify_add_watch(watch, path, UInt32(events) | UInt32(IN_ONLYDIR))
            })
    }

    /// Watches a folder no more.
    public mutating func remove(_ folder: Folder) {
        _ = inotify_rm_watch(number, folder.number)
    }

    /// What happened since the last call; waits at most `milliseconds` for it (not at all where 0). Empty where
    /// nothing did.
    public mutating func next(milliseconds: Int32) throws(SystemCallError) -> [Event] {
        var poll = Poll(readable: number)
        guard try poll.wait(milliseconds: milliseconds) else { return [] }
        let count: Int
        do {
            count = try Self.read(number, &buffer)
        } catch  where error.errno == .wouldBlock {
            return []
        }
        return unsafe Self.events(buffer.span.bytes.extracting(..<count))
    }

    private static func read(_ number: Int32, _ buffer: inout [UInt8]) throws(SystemCallError) -> Int {
        try checked("read", "inotify") {
            unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe gatelog_read(number, bytes.baseAddress, bytes.count)
            }
        }
    }

    /// struct inotify_event: watch, mask, cookie and length of the name, 32 bits each; then the name with zeros.
    private static func events(_ bytes: RawSpan) -> [Event] {
        var events: [Event] = []
        var offset = 0
        while bytes.byteCount - offset >= 16 {
            let watch = Int32(bitPattern: bytes.little32(at: offset))
            let mask = bytes.little32(at: offset + 4)
            let length = Int(bytes.little32(at: offset + 12))
            guard length <= bytes.byteCount - offset - 16 else { break }
            let field = bytes.extracting((offset + 16)..<(offset + 16 + length))
            let name = unsafe field.withUnsafeBytes { name in
                unsafe String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
            }
            offset += 16 + length
            if let kind = kind(mask) {
                events.append(Event(folder: kind == .overflow ? nil : Folder(number: watch), name: name, kind: kind))
            }
        }
        return events
    }

    private static func kind(_ mask: UInt32) -> Event.Kind? {
        func has(_ bits: Int32) -> Bool { mask & UInt32(bits) != 0 }
        if has(IN_Q_OVERFLOW) { return .overflow }
        if has(IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED) { return .folderGone }
        if has(IN_CLOSE_WRITE | IN_MOVED_TO) { return .written }
        if has(IN_DELETE | IN_MOVED_FROM) { return .removed }
        return has(IN_MODIFY | IN_CREATE) ? .growing : nil
    }
}
