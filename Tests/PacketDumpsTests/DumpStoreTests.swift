import CaptureFiles
import PacketDecoding
import PacketDumps
import Primitives
import TestSupport
import Testing

@Suite("Dumps in a folder")
struct DumpStoreTests {
    @Test("A dump holds its packets, and appears under its name when it is whole")
    func plain() async throws {
        try await withStore { store, folder in
            let id = try store.start(Traffic.order("web"))
            #expect(try Traffic.names(folder) == ["web", "web/.web.pcapng.part", "web/dump.txt"])
            #expect(try store.files("web") == [])
            do {
                var producer = store.producer(for: id)
                producer.feed(0..<1_000)
            }
            let report = try await store.stop("web")
            #expect(report.phase == .finished && report.reason == "stopped")
            #expect(report.packets == 1_000 && report.lost == 0 && report.files == 1)
            let path = "\(folder)/web/web.pcapng"
            #expect(try store.files("web") == [path])
            #expect(try Traffic.names(folder) == ["web", "web/dump.txt", "web/web.pcapng"])
            #expect(try report.bytes == Traffic.size(path))
            #expect(try Traffic.numbers(path) == Array(0..<1_000))
            #expect(store.list() == [report])
        }
    }
}
