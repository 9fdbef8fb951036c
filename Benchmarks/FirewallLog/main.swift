// The firewall's log without the daemon around it, for measurements and tests:
//
//     FirewallLogBenchmark GROUP OUTPUT [count] [threshold=N] [batch=BYTES] [buffer=BYTES] [copy=BYTES] [flush=N]
//
// Reads a log group until standard input ends, decodes each record, writes it as a line of the Filter log into OUTPUT
// (`count`: only counts it), and says what it counted and the processor time that it took.

import Glibc
import LiveCapture
import PacketDecoding
import Primitives
import Records
import SystemCalls

func say(_ text: String, to file: borrowing FileDescriptor) {
    try? file.write(Array((text + "\n").utf8).span.bytes)
}

func options(_ arguments: ArraySlice<String>) -> FirewallLogSource.Options {
    var options = FirewallLogSource.Options(groups: [UInt16(arguments.first ?? "") ?? 0])
    for word in arguments.dropFirst(2) {
        let pair = word.split(separator: "=")
        guard pair.count == 2, let number = Int(pair[1]) else { continue }
        switch pair[0] {
        case "threshold": options.threshold = number
        case "batch": options.batchSize = number
        case "buffer": options.receiveBuffer = number
        case "copy": options.copyRange = number
        case "flush": options.flushTime = number
        default: break
        }
    }
    return options
}

/// Reads until standard input ends and nothing comes any more.
func run(_ source: inout FirewallLogSource, into file: borrowing FileDescriptor, counts: Bool) throws {
    var buffer = ByteBuffer(capacity: 512 << 10)
    var renderer = PacketLineRenderer(clock: LineClock(zone: .utc, form: .bracketed))
    let names = PacketNames()
    var layers = Layers()
    var input = Poll(readable: 0)
    while true {
        guard try source.nextBatch() == .packets else {
            if try input.wait(milliseconds: 0) { break }
            continue
        }
        while let frame = source.next() {
            if counts { continue }
            let bytes = source.bytes
            layers.decode(bytes, of: frame)
            renderer.append(frame, layers, bytes, names, form: .filterLog, to: &buffer)
        }
        if buffer.count >= 256 << 10 {
            try file.write(buffer.bytes)
            buffer.removeAll()
        }
    }
    try file.write(buffer.bytes)
}

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count >= 2 else {
    say("FirewallLogBenchmark GROUP OUTPUT [count] [NAME=NUMBER ...]", to: .standardError)
    exit(2)
}
do {
    let output = try FileDescriptor(opening: arguments[arguments.startIndex + 1], for: .replace)
    var source = try FirewallLogSource(options(arguments))
    say("ready", to: .standardError)
    try run(&source, into: output, counts: arguments.contains("count"))
    let counted = source.counters()
    let time = Clocks.processorTime
    say(
        "records \(counted.packets) dropped \(counted.dropped) malformed \(counted.malformed) cpu_ns \(time)",
        to: .standardOutput)
} catch {
    say("\(error)", to: .standardError)
    exit(1)
}
