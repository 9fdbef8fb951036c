import Foundation
import LogFiles
import LogIndex
import PacketDecoding
import Primitives
import Records
import Synchronization
import TestSupport

/// Clocks that a test sets.
final class FakeClock: Sendable {
    private let times: Mutex<(wall: Timestamp, monotonic: Int64)>

    /// 2026-11-21 00:00:00 UTC by default.
    init(_ seconds: Int64 = 1_795_219_200) {
        times = Mutex((Timestamp(seconds: seconds), 0))
    }

    var clock: LogClock {
        LogClock(wall: { self.times.withLock { $0.wall } }, monotonic: { self.times.withLock { $0.monotonic } })
    }

    /// Time passes.
    func pass(seconds: Int64) {
        times.withLock { times in
            times.wall.nanoseconds += seconds * 1_000_000_000
            times.monotonic += seconds * 1_000_000_000
        }
    }

    /// Somebody sets the wall clock.
    func jump(seconds: Int64) {
        times.withLock { $0.wall.nanoseconds += seconds * 1_000_000_000 }
    }
}

/// Writes numbered packets into a log, as a worker does.
struct Worker: ~Copyable {
    var producer: LogProducer
    private var renderer: PacketLineRenderer
    private var names = PacketNames()
    private let bytes: [UInt8]
    private var record: PacketRecord
    private(set) var written = 0

    init(
        _ log: LogWriter, waits: Bool = false, limit: RateLimit? = nil, port: UInt16 = 1193,
        time: Timestamp = Timestamp(seconds: 1_795_219_200)
    ) {
        producer = log.producer(waits: waits, limit: limit)
        renderer = PacketLineRenderer(clock: LineClock(zone: .utc, form: .bracketed))
        let packet = PacketBuilder().ethernet().ipv4("192.168.1.140", "10.1.2.3").tcp(port, 80, flags: [.syn])
        let bytes = packet.bytes
        self.bytes = bytes
        let id = InterfaceID(rawValue: 0)
        names.name(id, "WAN")
        let frame = packet.frame(
            time: time, captured: bytes.count, original: bytes.count, direction: .incoming, interface: id)
        var layers = Layers()
        layers.decode(bytes.span.bytes, of: frame)
        record = PacketRecord(frame, layers, bytes.span.bytes)
    }

    /// One line; its sequence number is how many lines came before it.
    mutating func write(at time: Timestamp? = nil) {
        if let time { record.time = time }
        record.tcpSequence = UInt32(written)
        let bytes = bytes
        producer.append(record, bytes.span.bytes, names, &renderer, form: .packetLogging, kind: .packet)
        written += 1
    }

    mutating func write(_ count: Int) {
        for _ in 0..<count { write() }
    }
}

/// The whole text of a log, rotated files too, the oldest first.
func allLines(_ names: LogFileNames) -> [String] {
    var lines: [String] = []
    for number in (1...LogFileNames.mostSegments).reversed() {
        guard FileManager.default.fileExists(atPath: names.plain(number)) else { continue }
        lines += linesOf(names.plain(number))
    }
    return lines + linesOf(names.live)
}

/// The lines of a file, without their ends; a half line at the end is one too, and ends with `(cut)`.
func linesOf(_ path: String) -> [String] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    var lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        .map(String.init)
    if lines.last == "" { lines.removeLast() } else { lines[lines.count - 1] += "(cut)" }
    return lines
}

/// The sequence numbers of the packets in the lines.
func sequences(_ lines: [String]) -> [Int] {
    lines.compactMap { line in
        guard let place = line.range(of: "seq:") else { return nil }
        return Int(line[place.upperBound...].prefix { $0 != " " })
    }
}
