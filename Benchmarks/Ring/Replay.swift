import LiveCapture
import SystemCalls

/// Replays a capture ten times at full speed.
func replay(_ path: String, _ settings: ProbeSettings) throws {
    var options = ReplayOptions(path: path)
    options.loops = 10
    var source = try ReplaySource(options)
    var matcher = Matcher(settings.expression)
    let begin = Clocks.processorTime
    var matched = 0
    while try source.nextBatch() != .ended {
        while let frame = source.next() {
            if matcher.matches(frame, source.bytes) { matched += 1 }
        }
    }
    let spent = Clocks.processorTime - begin
    let packets = Int64(clamping: source.counters().packets)
    complain("packets=\(packets) matched=\(matched) nanoseconds a packet=\(spent / max(1, packets))")
}
