import SystemCalls
import TestSupport
import Testing

@Suite("Files watched")
struct FileWatchTests {
    private func all(_ watch: inout FileWatch) throws -> [FileWatch.Event] {
        var events: [FileWatch.Event] = []
        while true {
            let next = try watch.next(milliseconds: 0)
            if next.isEmpty { return events }
            events += next
        }
    }

    @Test("Written, renamed, removed, and the folder itself")
    func events() throws {
        try Fixtures.withTemporaryFolder { home in
            let path = "\(home)/folder"
            try Folders.make(path)
            var watch = FileWatch()
            let folder = try watch.add(path)
            let again = try watch.add(path)
            #expect(again == folder)
            let file = try FileDescriptor(opening: "\(path)/one", for: .create)
            try file.write(([1] as [UInt8]).span.bytes)
            #expect(try watch.next(milliseconds: 0).isEmpty, "nothing is told before it is whole")
            try file.close()
            try Paths.rename("\(path)/one", to: "\(path)/two")
            try Paths.unlink("\(path)/two")
            let seen = try all(&watch)
            #expect(seen.map(\.name) == ["one", "one", "two", "two"])
            #expect(seen.map(\.kind) == [.written, .removed, .written, .removed])
            #expect(seen.allSatisfy { $0.folder == folder })
            try Folders.remove(path)
            #expect(try all(&watch).map(\.kind) == [.folderGone, .folderGone])
        }
    }

    @Test("What is no folder cannot be watched, and a folder no more watched is silent")
    func borders() throws {
        try Fixtures.withTemporaryFolder { home in
            var watch = FileWatch()
            do {
                _ = try watch.add("\(home)/none")
                Issue.record("a missing folder is watched")
            } catch {
                #expect("\(error)" == "\(home)/none: No such file or directory (inotify_add_watch)")
            }
            let folder = try watch.add(home)
            watch.remove(folder)
            try FileDescriptor(opening: "\(home)/one", for: .create).close()
            #expect(try all(&watch).map(\.kind) == [.folderGone])
        }
    }

    @Test("More changes than the kernel remembers are told as such")
    func overflow() throws {
        try Fixtures.withTemporaryFolder { home in
            let text = String(decoding: try Paths.contents("/proc/sys/fs/inotify/max_queued_events"), as: UTF8.self)
            let limit = Int(text.split(separator: "\n")[0]) ?? 16_384
            var watch = FileWatch()
            _ = try watch.add(home)
            // Two names in turn: equal events in a row are told once.
            for number in 0...limit {
                try FileDescriptor(opening: "\(home)/\(number & 1)", for: .replace).close()
            }
            let kinds = try all(&watch).map(\.kind)
            #expect(kinds.count == limit + 1)
            #expect(kinds.last == .overflow)
        }
    }
}
