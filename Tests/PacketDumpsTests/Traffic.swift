import CaptureFiles
import CaptureStreams
import Foundation
import PacketDecoding
import PacketDumps
import Primitives
import Synchronization
import SystemCalls
import TestSupport

/// Packets for dumps, and what tests look at afterwards.
enum Traffic {
    static let start = Timestamp(seconds: 1_795_000_000)
    static let eth0 = InterfaceID(rawValue: 2)
    static let eth1 = InterfaceID(rawValue: 3)

    /// An Ethernet frame of an experimental type, whose bytes 14 ... 21 are `number`.
    static func bytes(_ number: Int, length: Int = 100) -> [UInt8] {
        var bytes = [UInt8](repeating: 0x5A, count: length)
        bytes.replaceSubrange(0..<12, with: [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2])
        bytes.replaceSubrange(12..<14, with: [0x88, 0xB5])
        for place in 0..<8 { bytes[14 + place] = UInt8(truncatingIfNeeded: number >> (8 * place)) }
        return bytes
    }

    static func frame(
        _ number: Int, length: Int = 100, interface: InterfaceID = eth0, direction: FrameDirection = .incoming,
        linkType: LinkType = .ethernet
    ) -> Frame {
        Frame(
            time: Timestamp(nanoseconds: start.nanoseconds + Int64(number) * 1_000), capturedLength: length,
            originalLength: length, linkType: linkType, direction: direction, interface: interface)
    }

    /// Random numbers by a seed that is printed, and that GATELOG_SEED brings back.
    static func generator() -> SeededGenerator {
        let seed = UInt64(ProcessInfo.processInfo.environment["GATELOG_SEED"] ?? "") ?? 20_261_121
        print("dumps: GATELOG_SEED=\(seed)")
        return SeededGenerator(seed: seed)
    }

    static func order(_ name: String, _ change: (inout DumpOrder) -> Void = { _ in }) -> DumpOrder {
        var order = DumpOrder(name: name, expression: "any", startedBy: "test", startedAt: start)
        change(&order)
        return order
    }

    /// The numbers of the packets of a file, in their order; what is damaged is no packet.
    static func numbers(_ path: String) throws -> [Int] {
        var numbers: [Int] = []
        var reader = try CaptureReader(path: path)
        while try reader.next() != nil {
            guard reader.bytes.byteCount >= 22 else { continue }
            numbers.append(Int(reader.bytes.little64(at: 14)))
        }
        return numbers
    }

    /// All that a file of our own holds.
    static func reading(_ path: String) throws -> CaptureReading {
        CaptureReading(of: try Paths.contents(path, limit: 1 << 30))
    }

    static func size(_ path: String) throws -> UInt64 {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as! UInt64
    }

    /// All names under a folder, hidden ones too, sorted.
    static func names(_ folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    }
}

extension DumpProducer {
    /// Feeds packets of those numbers.
    mutating func feed(_ numbers: Range<Int>, length: Int = 100, interface: InterfaceID = Traffic.eth0) {
        for number in numbers {
            let bytes = Traffic.bytes(number, length: length)
            append(Traffic.frame(number, length: length, interface: interface), bytes.span.bytes)
            if number % 64 == 0 { endBatch() }
        }
        endBatch()
    }
}

/// Runs `body` with a store on a new folder.
func withStore(
    _ surroundings: DumpSurroundings = DumpSurroundings(), _ body: (DumpStore, String) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("gatelog-dumps-\(UUID().uuidString)", isDirectory: true).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try DumpStore(folder: folder, surroundings)
    try store.recover()
    try await body(store, folder)
    _ = await store.shutdown()
}

extension DumpStore {
    /// Feeds packets of those numbers by a producer that goes away again.
    func feed(_ id: DumpID, _ numbers: Range<Int>, length: Int = 100, interface: InterfaceID = Traffic.eth0) {
        var producer = producer(for: id)
        producer.feed(numbers, length: length, interface: interface)
    }

    /// Waits until a dump has ended by itself.
    func finished(_ name: String) async throws -> DumpReport {
        while true {
            guard let report = list().first(where: { $0.order.name == name }) else { throw DumpError.unknown(name) }
            if report.phase == .finished { return report }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
