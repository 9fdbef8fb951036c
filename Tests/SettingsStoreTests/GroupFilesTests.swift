import Foundation
import Primitives
import Settings
import SystemCalls
import TestSupport
import Testing

@testable import SettingsStore

@Suite("Files of address groups", .serialized)
struct GroupFilesTests {
    /// Waits for news as a control thread does, for as long as it takes on a busy machine.
    private func news(_ files: inout GroupFiles, until text: String) -> [String] {
        var all: [String] = []
        let end = Clocks.monotonic + 30_000_000_000
        while Clocks.monotonic < end, !all.contains(where: { $0.contains(text) }) {
            all += files.next(milliseconds: 200).map(\.description)
        }
        return all
    }

    private func document(_ home: String, _ settings: String = "groups: { a: { file: lists/a.txt } }") throws
        -> SettingsDocument
    {
        try SettingsDocument(parsing: settings, file: "\(home)/gatelog.yaml")
    }

    private func entries(_ files: borrowing GroupFiles) -> [String] {
        (files.contents["lists/a.txt"] ?? []).map { "\($0)" }
    }

    @Test("Written, renamed over, removed and made anew: what the group holds follows")
    func follows() throws {
        try Fixtures.withTemporaryFolder { home in
            let path = "\(home)/lists/a.txt"
            try write("10.0.0.1\n", to: path)
            var files = GroupFiles()
            #expect(files.follow(try document(home)).map(\.description) == ["\(path): 1 entry read"])
            #expect(files.next(milliseconds: 0).isEmpty)
            #expect(files.number >= 0)

            try write("10.0.0.1\n10.0.0.2\n", to: path)
            #expect(news(&files, until: "2 entries read") == ["\(path): 2 entries read"])

            try write("10.0.0.3\n", to: "\(home)/lists/.a.txt.new")
            try Paths.rename("\(home)/lists/.a.txt.new", to: path)
            #expect(news(&files, until: "1 entry read") == ["\(path): 1 entry read"])
            #expect(entries(files) == ["10.0.0.3"])

            try Paths.unlink(path)
            let gone = "\(path): No such file or directory (stat); 1 entry read before stay in force"
            #expect(news(&files, until: "No such file") == [gone])
            #expect(files.problems == [gone])
            #expect(entries(files) == ["10.0.0.3"])

            try write("10.0.0.4\n", to: path)
            #expect(news(&files, until: "read").last == "\(path): 1 entry read")
            #expect(files.problems.isEmpty)
            #expect(entries(files) == ["10.0.0.4"])
        }
    }

    @Test("A file that becomes broken keeps what was read, and says so once")
    func broken() throws {
        try Fixtures.withTemporaryFolder { home in
            let path = "\(home)/lists/a.txt"
            try write("10.0.0.1\n10.0.0.2\n", to: path)
            var files = GroupFiles()
            _ = files.follow(try document(home))
            try write("10.0.0.1\n10.0.0.300\nx\ny\n", to: path)
            let said = news(&files, until: "stay in force")
            #expect(
                said == [
                    "\(path):2:1: \"10.0.0.300\" is no address; write 10.0.0.5, 10.0.0.0/8, 10.0.0.1-10.0.0.9 or "
                        + "2001:db8::/32 (and 2 more lines); 2 entries read before stay in force"
                ])
            #expect(files.problems == said)
            #expect(entries(files) == ["10.0.0.1", "10.0.0.2"])
            #expect(files.next(milliseconds: 100).isEmpty)
            try write("10.0.0.9\n", to: path)
            #expect(news(&files, until: "1 entry read").count == 1)
            #expect(files.problems.isEmpty)
        }
    }

    @Test("At the start lines that are right are used, and a missing file is an empty group, said")
    func start() throws {
        try Fixtures.withTemporaryFolder { home in
            var files = GroupFiles()
            let missing = files.follow(try document(home)).map(\.description)
            #expect(
                missing == [
                    "\(home)/lists/a.txt: No such file or directory (stat); nothing of it is known, its group goes without"
                ])
            try write("10.0.0.1\nx\n10.0.0.2\n", to: "\(home)/lists/a.txt")
            var others = GroupFiles()
            #expect(others.follow(try document(home)).first?.description.contains("2 entries") == true)
            #expect(entries(others) == ["10.0.0.1", "10.0.0.2"])
        }
    }

    @Test("A folder that comes later is found by looking")
    func looking() throws {
        try Fixtures.withTemporaryFolder { home in
            var files = GroupFiles()
            _ = files.follow(try document(home))
            try write("10.0.0.1\n", to: "\(home)/lists/a.txt")
            // Two looks, ten seconds apart: the second finds it unchanged.
            #expect(news(&files, until: "1 entry read") == ["\(home)/lists/a.txt: 1 entry read"])
        }
    }

    @Test("New settings follow other files; what did not change is not read again")
    func settings() throws {
        try Fixtures.withTemporaryFolder { home in
            for name in ["a", "b"] { try write("10.0.0.1\n", to: "\(home)/lists/\(name).txt") }
            var files = GroupFiles()
            _ = files.follow(try document(home))
            let both = try document(home, "groups: { a: [file: [lists/a.txt, lists/b.txt]] }")
            #expect(files.follow(both).map(\.path) == ["\(home)/lists/b.txt"])
            #expect(files.contents.keys.sorted() == ["lists/a.txt", "lists/b.txt"])
            _ = files.follow(try document(home))
            #expect(files.contents.keys.sorted() == ["lists/a.txt"])
        }
    }

    @Test("What is no regular file is refused, not waited for")
    func irregular() throws {
        try Fixtures.withTemporaryFolder { home in
            var files = GroupFiles()
            let settings = try document(home, "groups: { a: [file: [/dev/zero, /dev/stdin, .]] }")
            let news = files.follow(settings).map(\.description)
            #expect(news.count == 3)
            #expect(news.allSatisfy { $0.contains("name a regular file") })
        }
    }

    @Test("A million lines are read, and cost what they say")
    func million() throws {
        try Fixtures.withTemporaryFolder { home in
            var text: [UInt8] = []
            for number in 0..<1_000_000 {
                text += "\(1 + number >> 16).\(number >> 8 & 255).\(number & 255).0/24 ; SBL\n".utf8
            }
            try FileManager.default.createDirectory(atPath: "\(home)/lists", withIntermediateDirectories: true)
            try Data(text).write(to: URL(fileURLWithPath: "\(home)/lists/a.txt"))
            let settings = try document(home, "groups: { a: { file: lists/a.txt }, b: [group: a, 10.0.0.1] }")
            var files = GroupFiles()
            #expect(files.follow(settings).first?.outcome == .read(1_000_000))
            let lists = try settings.addressLists(files: files.contents)
            #expect(lists["a"]?.count == 1_000_000)
            #expect(lists["b"]?.count == 1_000_001)
        }
    }
}
