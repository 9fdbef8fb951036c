import CaptureFiles
import CaptureStreams
import PacketDecoding
import PacketDumps
import Primitives
import Synchronization
import SystemCalls
import TestSupport
import Testing

@Suite("What a dump loses is counted to the packet, and the file says it")
struct LossTests {
    /// Holds up the writer where it asks for an interface's name, until it is let go.
    private final class Brake: Sendable {
        let reached: Wakeup
        let released: Wakeup

        init() throws {
            reached = try Wakeup()
            released = try Wakeup()
        }

        func hold() {
            reached.signal()
            released.wait(nanoseconds: 20_000_000_000)
        }
    }

    @Test("A writer that does not keep up: packets + lost = packets fed, and the next packet says how many are missing")
    func slowWriter() async throws {
        let brake = try Brake()
        let surroundings = DumpSurroundings(interface: { id, _ in
            brake.hold()
            return DumpInterface(name: "if\(id.rawValue)")
        })
        try await withStore(surroundings) { store, _ in
            let id = try store.start(Traffic.order("web"))
            let fed = 40_000
            do {
                var producer = store.producer(for: id)
                // More than all chunks hold.
                producer.feed(0..<fed, length: 1_500)
                #expect(store.list()[0].lost > 5_000)
                brake.reached.wait()
                brake.released.signal()
                while store.list()[0].packets == 0 { try await Task.sleep(for: .milliseconds(1)) }
                producer.feed(fed..<fed + 10)
            }
            let report = try await store.stop("web")
            #expect(report.packets + report.lost == UInt64(fed + 10))
            let path = try store.files("web")[0]
            let numbers = try Traffic.numbers(path)
            let before = numbers.count - 10
            #expect(numbers == Array(0..<before) + Array(fed..<fed + 10))
            let reading = try Traffic.reading(path)
            #expect(reading.damageCount == 0)
            #expect(reading.dropped == report.lost)
            #expect(reading.interfaces[0].statistics.dropped == report.lost)
            #expect(reading.interfaces[0].statistics.accepted == UInt64(fed + 10))
            let comments = try Peer.output(
                of: "tshark",
                ["-r", path, "-Y", "frame.comment", "-T", "fields", "-e", "frame.number", "-e", "frame.comment"])
            #expect(
                comments.lines == [
                    "\(before + 1)\t\(report.lost) packets are missing before this one: the writer did not keep up"
                ])
            #expect(try Peer.output(of: "capinfos", [path]).errorText == "")
        }
    }

    @Test("A producer that waits loses nothing")
    func waiting() async throws {
        let brake = try Brake()
        let surroundings = DumpSurroundings(interface: { _, _ in
            brake.hold()
            return DumpInterface(name: nil)
        })
        try await withStore(surroundings) { store, _ in
            let id = try store.start(Traffic.order("web"))
            let thread = try Thread(name: "replay") {
                var producer = store.producer(for: id, waits: true)
                producer.feed(0..<40_000, length: 1_500)
            }
            brake.reached.wait()
            try await Task.sleep(for: .milliseconds(200))
            brake.released.signal()
            thread.join()
            let report = try await store.stop("web")
            #expect(report.packets == 40_000 && report.lost == 0)
        }
    }
}
