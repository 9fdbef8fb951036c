import CaptureFiles
import Foundation
import PacketDecoding
import PacketDumps
import Primitives
import Synchronization
import SystemCalls
import TestSupport
import Testing

@Suite("A disk that is full")
struct DiskTests {
    /// Runs `body` on a file system of so many bytes.
    private func withSmallDisk(_ size: Int, _ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("gatelog-disk-\(UUID().uuidString)", isDirectory: true).path
        try Folders.makeAll(folder)
        defer { try? Folders.remove(folder) }
        _ = try Peer.output(of: "mount", ["-t", "tmpfs", "-o", "size=\(size)", "tmpfs", folder])
        defer { _ = try? Peer.run("umount", ["-l", folder]) }
        try await body(folder)
    }

    private static let canMount = geteuid() == 0

    @Test(
        "A dump is suspended, counts, goes on when there is room, and says what is missing",
        .enabled(if: canMount, "mounts a small tmpfs, which needs root"))
    func fullDisk() async throws {
        try await withSmallDisk(2 << 20) { disk in
            let heard = Mutex<[String]>([])
            let surroundings = DumpSurroundings(event: { event in
                heard.withLock { heard in
                    switch event {
                    case .suspended: heard.append("suspended")
                    case .resumed: heard.append("resumed")
                    case .ended: heard.append("ended")
                    }
                }
            })
            let store = try DumpStore(folder: "\(disk)/dumps", surroundings)
            let ballast = "\(disk)/ballast"
            try Data(count: 1 << 20).write(to: URL(fileURLWithPath: ballast))
            let id = try store.start(Traffic.order("web"))
            store.feed(id, 0..<2_000, length: 1_000)
            while store.list()[0].phase != .suspended { try await Task.sleep(for: .milliseconds(5)) }
            #expect(store.list()[0].reason == "the disk is full; packets are counted until there is room")
            store.feed(id, 2_000..<2_100, length: 1_000)
            // All whole blocks and nothing else: what stands there now could be read.
            #expect(try Traffic.reading("\(disk)/dumps/web/.web.pcapng.part").damageCount == 0)
            try Paths.unlink(ballast)
            while store.list()[0].phase == .suspended { try await Task.sleep(for: .milliseconds(20)) }
            store.feed(id, 2_100..<2_110, length: 1_000)
            let report = try await store.stop("web")
            #expect(report.phase == .finished && report.reason == "stopped")
            #expect(report.packets + report.lost == 2_110 && report.lost > 100)
            let path = try store.files("web")[0]
            let numbers = try Traffic.numbers(path)
            #expect(numbers.count == Int(report.packets) && numbers.suffix(10) == Array(2_100..<2_110))
            let reading = try Traffic.reading(path)
            #expect(reading.damageCount == 0 && reading.dropped == report.lost)
            #expect(reading.interfaces[0].statistics.dropped == report.lost)
            let comments = try Peer.output(
                of: "tshark", ["-r", path, "-Y", "frame.comment", "-T", "fields", "-e", "frame.comment"])
            #expect(comments.text.contains("missing before this one: the disk was full"))
            _ = await store.shutdown()
            #expect(heard.withLock { $0 } == ["suspended", "resumed", "ended"])
        }
    }

    @Test(
        "A dump that is stopped while the disk is full is whole up to there",
        .enabled(if: canMount, "mounts a small tmpfs, which needs root"))
    func stoppedWhileFull() async throws {
        try await withSmallDisk(1 << 20) { disk in
            let store = try DumpStore(folder: "\(disk)/dumps")
            let id = try store.start(Traffic.order("web"))
            store.feed(id, 0..<3_000, length: 1_000)
            while store.list()[0].phase != .suspended { try await Task.sleep(for: .milliseconds(5)) }
            let refused = #expect(throws: DumpError.self) { try store.start(Traffic.order("second")) }
            #expect(refused?.description.contains("No space left on device") == true)
            #expect(try Traffic.names("\(disk)/dumps").allSatisfy { !$0.contains("second") })
            let report = try await store.stop("web")
            #expect(report.phase == .finished && report.packets + report.lost == 3_000)
            let path = try store.files("web")[0]
            let reading = try Traffic.reading(path)
            #expect(reading.damageCount == 0 && reading.packets.count == Int(report.packets))
            #expect(try Peer.output(of: "capinfos", [path]).errorText == "")
            _ = await store.shutdown()
        }
    }

    @Test(
        "A folder that cannot be written is an error with its path",
        .enabled(if: canMount, "mounts a tmpfs for reading only, which needs root"))
    func readOnly() async throws {
        try await withSmallDisk(1 << 20) { disk in
            let store = try DumpStore(folder: "\(disk)/dumps")
            _ = try Peer.output(of: "mount", ["-o", "remount,ro", disk])
            let error = #expect(throws: DumpError.self) { try store.start(Traffic.order("web")) }
            #expect(error?.description == "\(disk)/dumps/.web.new: Read-only file system (mkdir)")
            _ = await store.shutdown()
        }
    }
}
