import FuzzDriver
import TestSupport

// Any bytes, as the records of a pcap of any kind, are read as the readers promise (CapturePromises). An input is a
// byte that chooses the file's header, and the bytes behind the header.

private let headers: [[UInt8]] = {
    let magics: [[UInt8]] = [[0xA1, 0xB2, 0xC3, 0xD4], [0xA1, 0xB2, 0x3C, 0x4D], [0xA1, 0xB2, 0xCD, 0x34]]
    // Version, zone, accuracy, snap length, link type: Ethernet, cooked, an old version, a large snap length.
    let rests: [[UInt8]] = [
        [0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 1],
        [0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 113],
        [0, 2, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 1],
        [0, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 1, 20],
    ]
    let big = magics.flatMap { magic in rests.map { magic + $0 } }
    // The same in little-endian order: each number turned.
    let little = big.map { header in
        let fields = [0..<4, 4..<6, 6..<8, 8..<12, 12..<16, 16..<20, 20..<24]
        return fields.flatMap { header[$0].reversed() }
    }
    return little + big
}()

@main
enum PcapTarget {
    static func main() { FuzzDriver.run({ fuzzPcap($0, $1) }, seeds: writeSeeds) }
}

private func fuzzPcap(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count >= 1 else { return 0 }
    let header = headers[Int(start[0]) % headers.count]
    let capture = header + UnsafeBufferPointer(start: start + 1, count: count - 1)
    if let broken = CapturePromises.broken(capture, seed: UInt64(count)) {
        preconditionFailure("broken promise: \(broken)")
    }
    return 0
}

/// Writes the records of the small captures among the fixtures as inputs.
private func writeSeeds(into folder: String) {
    for name in Fixtures.captureNames {
        let capture = Fixtures.bytes("captures/\(name)")
        guard capture.count < 4_096, capture.first == 0xD4 else { continue }
        let input = [0] + capture.dropFirst(24)
        FuzzDriver.write(input, to: "\(folder)/\(name)")
    }
}
