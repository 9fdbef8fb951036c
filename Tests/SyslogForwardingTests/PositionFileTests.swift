import Foundation
import LogFiles
import TestSupport
import Testing

@testable import SyslogForwarding

@Suite("How far a receiver came, on disk")
struct PositionFileTests {
    private func entries(_ number: Int) throws -> [PositionFile.Entry] {
        let place = try #require(LogPlace("1f-2a-\(String(number, radix: 16))"))
        return [
            PositionFile.Entry(log: "debug", place: place, untold: UInt64(number)),
            PositionFile.Entry(log: "filter", place: place),
        ]
    }

    @Test("What was written last is found, and nothing before the first time")
    func found() throws {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/a.positions"
            #expect(try PositionFile(path: path).found == nil)
            let file = try PositionFile(path: path)
            for number in 0..<9 {
                try file.write(try entries(number))
                #expect(try PositionFile(path: path).found == entries(number))
            }
        }
    }

    @Test("A write that was cut off at any byte leaves the one before")
    func torn() throws {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/a.positions"
            let url = URL(fileURLWithPath: path)
            let file = try PositionFile(path: path)
            try file.write(try entries(1))
            try file.write(try entries(2))
            let before = try Data(contentsOf: url)
            try file.write(try entries(3))
            let after = try Data(contentsOf: url)
            let first = try #require(before.indices.first { before[$0] != after[$0] })
            let last = try #require(before.indices.last { before[$0] != after[$0] })
            for cut in first...last {
                try (after[..<cut] + before[cut...]).write(to: url)
                let found = try PositionFile(path: path).found
                let isWhole = after[..<cut] + before[cut...] == after
                #expect(found == (isWhole ? try entries(3) : try entries(2)), "cut at byte \(cut)")
            }
        }
    }

    @Test("Foreign bytes are no positions", arguments: [Data(), Data(repeating: 0, count: 4096), Data("x\n".utf8)])
    func foreign(bytes: Data) throws {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/a.positions"
            try bytes.write(to: URL(fileURLWithPath: path))
            #expect(try PositionFile(path: path).found == nil)
        }
    }
}
