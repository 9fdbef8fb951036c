// What a packet costs that is dumped: the worker's copy, the writer's thread and the kernel's page cache together.
//
//     swift run -c release DumpBenchmark feed FOLDER PACKETS LENGTH WORKERS
//     swift run -c release DumpBenchmark replay FOLDER CAPTURE
//     swift run -c release DumpBenchmark victim FOLDER LENGTH WORKERS RING     (to be killed by tests: ends after 5 s or 256 MB all the same)

import CaptureStreams
import PacketDecoding
import PacketDumps
import Primitives
import Synchronization
import SystemCalls

/// One worker: feeds packets of one length, numbered in their bytes 14 ... 21.
func feed(
    _ store: DumpStore, _ id: DumpID, packets: Int, length: Int, worker: Int, workers: Int, until end: Int64 = .max
) {
    var producer = store.producer(for: id, waits: true)
    var bytes = [UInt8](repeating: 0x5A, count: max(22, length))
    let interface = InterfaceID(rawValue: UInt16(2 + worker))
    var number = worker
    let start = Clocks.wall.nanoseconds
    while number < packets, producer.isOpen, Clocks.monotonic < end {
        for _ in 0..<64 where number < packets {
            for place in 0..<8 { bytes[14 + place] = UInt8(truncatingIfNeeded: number >> (8 * place)) }
            let frame = Frame(
                time: Timestamp(nanoseconds: start + Int64(number)), capturedLength: bytes.count,
                originalLength: bytes.count, linkType: .ethernet, direction: .incoming, interface: interface)
            producer.append(frame, bytes.span.bytes)
            number += workers
        }
        producer.endBatch()
    }
}

func replay(_ store: DumpStore?, _ id: DumpID?, _ path: String) throws -> Int {
    var reader = try CaptureReader(path: path)
    var count = 0
    var producer = store.flatMap { store in id.map { store.producer(for: $0, waits: true) } }
    while let frame = try reader.next() {
        count += 1
        producer?.append(frame, reader.bytes)
        if count % 256 == 0 { producer?.endBatch() }
    }
    return count
}

func measured(_ body: () async throws -> Int) async rethrows -> (packets: Int, cpu: Double, wall: Double) {
    let cpu = Clocks.processorTime
    let wall = Clocks.monotonic
    let count = try await body()
    let each = Double(max(1, count))
    return (count, Double(Clocks.processorTime - cpu) / each, Double(Clocks.monotonic - wall) / each)
}

func line(_ label: String, _ figures: (packets: Int, cpu: Double, wall: Double)) {
    func shown(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }
    print("\(label): \(figures.packets) packets, \(shown(figures.cpu)) ns CPU and \(shown(figures.wall)) ns each")
}

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count >= 3 else {
    print(
        "DumpBenchmark feed FOLDER PACKETS LENGTH WORKERS | replay FOLDER CAPTURE | victim FOLDER LENGTH WORKERS RING")
    throw DumpError.badLimit("arguments are missing")
}
let numbers = arguments.dropFirst(2).map { Int($0) ?? 0 }
let store = try DumpStore(folder: arguments[1])
try store.recover()
var order = DumpOrder(name: "bench", expression: "any", startedBy: "a benchmark", startedAt: Clocks.wall)
order.replaces = true

switch arguments[0] {
case "replay":
    line("reading alone", try await measured { try replay(nil, nil, arguments[2]) })
    let id = try store.start(order)
    line(
        "reading and dumping",
        try await measured {
            let count = try replay(store, id, arguments[2])
            _ = try await store.stop("bench")
            return count
        })
    print("lost \(store.list()[0].lost)")
case "feed":
    let id = try store.start(order)
    let figures = try await measured {
        let workers = try (0..<numbers[2]).map { worker in
            try Thread(name: "worker") {
                feed(store, id, packets: numbers[0], length: numbers[1], worker: worker, workers: numbers[2])
            }
        }
        for worker in workers { worker.join() }
        _ = try await store.stop("bench")
        return numbers[0]
    }
    line("feeding", figures)
    print("lost \(store.list()[0].lost)")
default:
    if numbers[2] > 0 {
        order.ring = numbers[2]
        order.maxBytes = UInt64(numbers[2]) << 20
    }
    let id = try store.start(order)
    // Not by print, which keeps it back where its output is a pipe.
    try FileDescriptor.standardOutput.write(Array("running\n".utf8).span.bytes)
    let end = Clocks.monotonic + 5_000_000_000
    let workers = try (0..<numbers[1]).map { worker in
        try Thread(name: "worker") {
            feed(
                store, id, packets: (256 << 20) / max(22, numbers[0]), length: numbers[0], worker: worker,
                workers: numbers[1], until: end)
        }
    }
    for worker in workers { worker.join() }
}
_ = await store.shutdown()
