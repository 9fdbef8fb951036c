import SystemCalls
import TestSupport
import Testing

@Suite("Files")
struct FileDescriptorTests {
    @Test("What is written is read, and a new name replaces an old")
    func roundTrip() throws {
        try Fixtures.withTemporaryFolder { folder in
            let file = try FileDescriptor(opening: "\(folder)/one", for: .create)
            try file.write([1, 2, 3].span.bytes)
            try file.synchronize()
            #expect(try file.status().size == 3 * 8)
            try file.close()
            let more = try FileDescriptor(opening: "\(folder)/one", for: .append)
            try more.write(([9] as [UInt8]).span.bytes)
            try more.close()
            try Paths.rename("\(folder)/one", to: "\(folder)/two")
            #expect(try Paths.contents("\(folder)/two").count == 25)
            #expect(try Paths.status("\(folder)/one") == nil)
            #expect(try Paths.status(folder)?.kind == .directory)
            try FileDescriptor(opening: "\(folder)/two", for: .replace).close()
            #expect(try Paths.contents("\(folder)/two") == [])
            try Paths.unlink("\(folder)/two")
            #expect(try Paths.status("\(folder)/two") == nil)
        }
    }

    @Test("A failed call says which, why and on what")
    func errors() throws {
        func message(_ body: () throws(SystemCallError) -> Void) -> String {
            do {
                try body()
                return "none"
            } catch {
                return "\(error)"
            }
        }
        let missing = message { () throws(SystemCallError) in _ = try Paths.contents("/nowhere") }
        #expect(missing == "/nowhere: No such file or directory (open)")
        let rename = message { () throws(SystemCallError) in try Paths.rename("/nowhere", to: "/tmp/x") }
        #expect(rename == "/tmp/x: No such file or directory (rename)")
        let full = message { () throws(SystemCallError) in
            try FileDescriptor(opening: "/dev/full", for: .append).write([1].span.bytes)
        }
        #expect(full == "/dev/full: No space left on device (write)")
        let folder = message { () throws(SystemCallError) in _ = try Paths.contents("/") }
        #expect(folder == "/: Is a directory (read)")
        #expect(
            message { () throws(SystemCallError) in _ = try Paths.contents("/dev/zero", limit: 100) }
                == "/dev/zero: File too large (read)")
        try Fixtures.withTemporaryFolder { folder in
            try FileDescriptor(opening: "\(folder)/a", for: .create).close()
            let exists = message { () throws(SystemCallError) in
                try FileDescriptor(opening: "\(folder)/a", for: .create).close()
            }
            #expect(exists == "\(folder)/a: File exists (open)")
        }
    }

    @Test("Numbers that nobody named are kept")
    func unknownNumbers() {
        #expect(Errno(rawValue: 2) == .noSuchFile)
        #expect(Errno(rawValue: 28).description == "No space left on device")
        #expect(Errno(rawValue: 9_999).description.contains("9999"))
    }
}
