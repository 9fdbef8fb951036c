import FuzzDriver
import TestSupport

// Any bytes behind the first four of a pcapng are read as the readers promise (CapturePromises).

@main
enum PcapngTarget {
    static func main() { FuzzDriver.run({ fuzzPcapng($0, $1) }, seeds: writeSeeds) }
}

private func fuzzPcapng(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let capture = [0x0A, 0x0D, 0x0D, 0x0A] + UnsafeBufferPointer(start: start, count: count)
    if let broken = CapturePromises.broken(capture, seed: UInt64(count)) {
        preconditionFailure("broken promise: \(broken)")
    }
    return 0
}

/// Writes the small pcapng captures among the fixtures as inputs.
private func writeSeeds(into folder: String) {
    for name in Fixtures.captureNames {
        let capture = Fixtures.bytes("captures/\(name)")
        guard capture.count < 4_096, capture.first == 0x0A else { continue }
        let input = Array(capture.dropFirst(4))
        FuzzDriver.write(input, to: "\(folder)/\(name)")
    }
}
