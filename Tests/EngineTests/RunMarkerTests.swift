import Primitives
import SystemCalls
import TestSupport
import Testing

@testable import Engine

@Suite("What a run leaves behind")
struct RunMarkerTests {
    @Test("A run that was shut down leaves nothing; one that was not leaves its number and its start")
    func remains() throws {
        try Fixtures.withTemporaryFolder { folder in
            let marker = RunMarker(path: "\(folder)/running")
            #expect(marker.remains() == nil)
            let time = Timestamp(nanoseconds: 1_700_000_000_123_456_789)
            try marker.set(processID: 4711, at: time)
            #expect(RunMarker(path: "\(folder)/running").remains() == .init(processID: 4711, startedAt: time))
            marker.clear()
            #expect(marker.remains() == nil)
        }
    }

    @Test("A marker that was not written to its end still tells of a crash", arguments: ["", "47", "4711 17000000"])
    func torn(text: String) throws {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/running"
            try FileDescriptor(opening: path, for: .replace).write(Array(text.utf8).span.bytes)
            let remains = try #require(RunMarker(path: path).remains())
            #expect(remains.startedAt == nil)
        }
    }
}
