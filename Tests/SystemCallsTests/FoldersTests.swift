import SystemCalls
import TestSupport
import Testing

@Suite("Folders")
struct FoldersTests {
    @Test("Folders are made, listed and removed, and what is no folder is an error")
    func folders() throws {
        try Fixtures.withTemporaryFolder { folder in
            try Folders.makeAll("\(folder)/one/two/three")
            try Folders.makeAll("\(folder)/one/two/three")
            try Folders.make("\(folder)/one/.hidden")
            try FileDescriptor(opening: "\(folder)/one/file", for: .create).close()
            let names = try Folders.names(in: "\(folder)/one").sorted()
            #expect(names == [".hidden", "file", "two"])
            #expect(try Folders.names(in: "\(folder)/one", limit: 2).count == 2)
            try Folders.synchronize("\(folder)/one")
            try Folders.remove("\(folder)/one/.hidden")
            let full = #expect(throws: SystemCallError.self) { try Folders.remove("\(folder)/one") }
            #expect(full?.description == "\(folder)/one: Directory not empty (rmdir)")
            let file = #expect(throws: SystemCallError.self) { try Folders.make("\(folder)/one/file") }
            #expect(file?.errno == .exists)
            let missing = #expect(throws: SystemCallError.self) { try Folders.names(in: "\(folder)/none") }
            #expect(missing?.description == "\(folder)/none: No such file or directory (opendir)")
        }
    }

    @Test("A file is cut to a length")
    func truncate() throws {
        try Fixtures.withTemporaryFolder { folder in
            let file = try FileDescriptor(opening: "\(folder)/file", for: .append)
            try file.write(([1, 2, 3, 4] as [UInt8]).span.bytes)
            try file.truncate(to: 2)
            try file.write(([9] as [UInt8]).span.bytes)
            try file.close()
            #expect(try Paths.contents("\(folder)/file") == [1, 2, 9])
        }
    }
}
