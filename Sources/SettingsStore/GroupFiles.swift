public import Primitives
public import Settings
import SystemCalls

/// The files of addresses that groups name, followed as they change: read again when they were written, renamed over
/// or made anew. One that becomes broken or goes away keeps what was read of it last, and says so.
///
/// Owned by one thread. The kernel tells of changes (inotify); every file is also looked at every ten seconds, since
/// nobody tells of network drives, of links' targets and of folders that come later.
public struct GroupFiles: ~Copyable, Sendable {
    static let lookInterval: Int64 = 10_000_000_000
    /// After a file was removed: many programs write a file by removing it first.
    static let removalInterval: Int64 = 500_000_000

    private struct Followed: Sendable {
        var file: GroupFile
        var folder: FileWatch.Folder?
    }

    private var watch = FileWatch()
    private var folders: Set<FileWatch.Folder> = []
    /// By the path as the settings have it.
    private var files: [String: Followed] = [:]
    private var nextLook: Int64 = 0

    public init() {}

    /// What the files hold, by their paths as the settings have them: for `SettingsDocument.addressLists(files:)`.
    public var contents: [String: [AddressRange]] { files.mapValues(\.file.ranges) }

    /// What is wrong just now, a sentence for each file that could not be used as it stands.
    public var problems: [String] { files.values.compactMap(\.file.problem).sorted() }

    /// The number to wait for beside other descriptors, until `next` has something; negative where nobody tells.
    public var number: Int32 { watch.number }

    /// Follows the files that `settings` name, and no others. Those that are new are read now; a file that was
    /// followed before is read again only where it changed. Says what was read and what is wrong.
    public mutating func follow(_ settings: SettingsDocument) -> [GroupFileNews] {
        var followed: [String: Followed] = [:]
        for path in settings.addressFiles {
            let place = settings.resolved(path.value)
            let known = files[path.value]?.file
            followed[path.value] = Followed(file: known?.path == place ? known! : GroupFile(path: place))
        }
        files = followed
        // Watched first, so that nothing happens between reading and watching.
        watchFolders()
        return files.keys.sorted().compactMap { files[$0]?.file.readIfChanged() }
    }

    /// Waits at most `milliseconds` for files to change, and reads those that did. Empty where none did.
    public mutating func next(milliseconds: Int32) -> [GroupFileNews] {
        let end = Clocks.monotonic + Int64(max(milliseconds, 0)) * 1_000_000
        while true {
            let now = Clocks.monotonic
            var news: [GroupFileNews] = []
            if now >= nextLook {
                news += look()
                nextLook = now + Self.lookInterval
            }
            // Rounded up, so that what is due is due after the wait.
            let wait = max(0, min(end, nextLook) - now + 999_999) / 1_000_000
            news += take(milliseconds: news.isEmpty ? Int32(clamping: wait) : 0)
            if !news.isEmpty || Clocks.monotonic >= end { return news }
        }
    }

    /// What the kernel tells within that time.
    private mutating func take(milliseconds: Int32) -> [GroupFileNews] {
        var news: [GroupFileNews] = []
        for event in (try? watch.next(milliseconds: milliseconds)) ?? [] {
            switch event.kind {
            case .written: news += read(event.name, in: event.folder)
            case .removed: nextLook = min(nextLook, Clocks.monotonic + Self.removalInterval)
            case .folderGone, .overflow: nextLook = 0
            case .growing: break
            }
        }
        return news
    }

    private mutating func read(_ name: String, in folder: FileWatch.Folder?) -> [GroupFileNews] {
        files.keys.sorted().compactMap { path in
            guard files[path]?.folder == folder, files[path]?.file.name == name else { return nil }
            return files[path]?.file.readIfChanged()
        }
    }

    /// Looks at every file, whoever tells of it.
    private mutating func look() -> [GroupFileNews] {
        watchFolders()
        return files.keys.sorted().compactMap { files[$0]?.file.readIfSettled() }
    }

    /// A folder that was removed and made again is another one, so that all are asked for anew.
    private mutating func watchFolders() {
        var wanted: Set<FileWatch.Folder> = []
        for path in files.keys {
            guard let folder = try? watch.add(files[path]?.file.folder ?? ".") else {
                files[path]?.folder = nil
                continue
            }
            files[path]?.folder = folder
            wanted.insert(folder)
        }
        for folder in folders.subtracting(wanted) { watch.remove(folder) }
        folders = wanted
    }
}
