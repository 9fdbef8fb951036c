// What following conversations costs: reads a capture, decodes it, puts datagrams and streams back together, and
// says what one packet took.
//
//     FlowBenchmark CAPTURE [decode]     `decode` does everything but follow
import CaptureStreams
import Flows
import PacketDecoding
import Primitives

struct Run: ~Copyable {
    private var tracker = FlowTracker(seed: 42)
    private var datagrams = DatagramReassembler(seed: 42)
    private var layers = Layers()
    private(set) var packets = 0
    private(set) var streamBytes: UInt64 = 0

    mutating func take(_ frame: Frame, _ bytes: RawSpan, follows: Bool) {
        packets += 1
        layers.decode(bytes, of: frame)
        guard follows else { return }
        if layers.present.contains(.fragment) {
            _ = datagrams.take(layers, bytes, at: frame.time)
        } else {
            _ = tracker.take(layers, bytes, at: frame.time)
            for event in tracker.events where event.kind == .data { streamBytes &+= UInt64(event.length) }
        }
        if packets % 1024 == 0 { tracker.expire() }
    }

    func tell() {
        print("\(packets) packets, \(streamBytes) bytes of streams, \(tracker.count) conversations")
        print(tracker.counters, tracker.streamCounters, datagrams.counters, separator: "\n")
    }
}

func walk(_ path: String, follows: Bool) throws {
    var run = Run()
    var reader = try CaptureReader(path: path)
    let clock = ContinuousClock()
    let time = try clock.measure {
        while let frame = try reader.next() { run.take(frame, reader.bytes, follows: follows) }
    }
    run.tell()
    print("\(time / max(run.packets, 1)) a packet")
}

try walk(CommandLine.arguments[1], follows: CommandLine.arguments.count < 3)
