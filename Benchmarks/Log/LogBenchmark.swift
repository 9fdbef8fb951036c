// How many lines a second one worker writes into a log with its index, while the files rotate:
//
//     swift run -c release LogBenchmark FOLDER [LINES] [MEBIBYTES OF A FILE] [compress] [follow] [drop]
//
// Packets are decoded before; the worker renders each into a line and the index, waits for the writer (`drop`: drops
// and counts), and the writer writes. `follow` lets a thread read the file behind the writer, as a follower does.
// Seconds of the processor are those of the worker, and of everything else together.

import LogFiles
import LogIndex
import PacketDecoding
import Primitives
import Records
import SystemCalls
import TestSupport

struct Packets {
    var records: [PacketRecord] = []
    var bytes: [UInt8] = []
    var ranges: [Range<Int>] = []

    /// TCP and UDP between random addresses; `flows` of them.
    init(flows: Int) {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<flows {
            let source = IPv4Address(UInt32.random(in: 0x0A00_0000..<0x0B00_0000, using: &random)).description
            let destination = IPv4Address(UInt32.random(in: 0..<(.max), using: &random)).description
            let base = PacketBuilder().ethernet().ipv4(source, destination, ttl: 63)
            let port = UInt16.random(in: 1024..<60_000, using: &random)
            let isTCP = UInt8.random(in: 0..<4, using: &random) > 0
            let packet = isTCP ? base.tcp(port, 443, flags: [.psh, .ack]) : base.udp(port, 53)
            append(packet.payload(count: 100))
        }
    }

    private mutating func append(_ packet: PacketBuilder) {
        let whole = packet.bytes
        let frame = packet.frame(
            time: Timestamp(nanoseconds: 0), captured: whole.count, original: whole.count, direction: .incoming,
            interface: InterfaceID(rawValue: 0))
        var layers = Layers()
        layers.decode(whole.span.bytes, of: frame)
        records.append(PacketRecord(frame, layers, whole.span.bytes))
        ranges.append(bytes.count..<bytes.count + whole.count)
        bytes += whole
    }
}

@main
enum LogBenchmark {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let folder = arguments.first else {
            return print("LogBenchmark FOLDER [LINES] [MEBIBYTES OF A FILE] [compress] [follow] [drop]")
        }
        let options = Set(arguments.dropFirst().filter { Int($0) == nil })
        let numbers = arguments.dropFirst().compactMap { Int($0) }
        let total = numbers.first ?? 10_000_000

        var configuration = LogConfiguration()
        configuration.size = Int64(numbers.dropFirst().first ?? 256) << 20
        configuration.keep = 3
        configuration.compresses = options.contains("compress")
        let budget = LogBudget()
        let log = try LogWriter(name: "debug", folder: folder, configuration: configuration, budget: budget)
        let counts = Monitor(0)
        let follower =
            options.contains("follow") ? try Thread(name: "follower") { follow(log, counts, until: total) } : nil
        let waits = !options.contains("drop")
        let worker = try Thread(name: "worker") { work(log, total, waits: waits) }
        worker.join()
        follower?.join()
        if follower != nil { print("the follower read \(counts.withLock { $0 }) lines") }
        log.close()
        budget.close()
    }
}

/// Reads what is appended, through rotations, and counts the lines.
private func follow(_ log: LogWriter, _ counts: Monitor<Int>, until total: Int) {
    var file = try? FileDescriptor(opening: log.path, for: .read)
    var node = try? file?.status().node
    var offset: Int64 = 0
    while true {
        let bytes = (try? file?.contents(of: offset..<offset + 1 << 20)) ?? []
        offset += Int64(bytes.count)
        let lines = bytes.count { $0 == UInt8(ascii: "\n") }
        counts.withLock { $0 += lines }
        guard bytes.isEmpty else { continue }
        let there = try? Paths.status(log.path)
        if let there, there.node != node {
            file = try? FileDescriptor(opening: log.path, for: .read)
            node = there.node
            offset = 0
        } else if log.state.suspension == nil, counts.withLock({ $0 }) >= total {
            return
        }
    }
}

private func work(_ log: LogWriter, _ total: Int, waits: Bool) {
    let packets = Packets(flows: 4096)
    var names = PacketNames()
    names.name(InterfaceID(rawValue: 0), "WAN")
    var renderer = PacketLineRenderer(clock: LineClock(zone: .utc, form: .bracketed))
    var producer = log.producer(waits: waits)
    let start = Clocks.monotonic
    let threadStart = Clocks.threadTime
    let processStart = Clocks.processorTime
    let bytes = packets.bytes.span.bytes
    var record = packets.records[0]
    for number in 0..<total {
        let place = number & 4095
        record = packets.records[place]
        record.time = Timestamp(nanoseconds: 1_795_219_200_000_000_000 + Int64(number) * 500)
        record.tcpSequence = UInt32(truncatingIfNeeded: number)
        producer.append(
            record, bytes.extracting(packets.ranges[place]), names, &renderer, form: .packetLogging, kind: .packet)
    }
    producer.handOver()
    let handed = Clocks.monotonic
    let thread = Clocks.threadTime - threadStart
    try? log.flush()
    let end = Clocks.monotonic
    let others = Clocks.processorTime - processStart - thread
    let state = log.state
    let seconds = Double(end - start) / 1e9
    func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }
    print("\(state.lines) lines, \(state.lost) lost, \(state.textBytes >> 20) MiB of text in \(rounded(seconds)) s")
    print("\(rounded(Double(state.lines) / seconds / 1e6)) million lines/s, \(state.rotations) rotations")
    print("worker \(rounded(Double(thread) / 1e9)) s of the processor, all others \(rounded(Double(others) / 1e9)) s")
    print("the last chunk was handed over \(rounded(Double(end - handed) / 1e9)) s before the end")
}
