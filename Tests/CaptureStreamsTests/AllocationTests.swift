import CaptureFiles
import CaptureStreams
import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite("Memory of the packet path")
struct AllocationTests {
    /// 20,000 packets, some with a direction: several windows full.
    private func write(_ path: String) throws {
        var writer = try CaptureWriter(path: path)
        writer.add(CaptureInterface(id: InterfaceID(rawValue: 0), linkType: .ethernet))
        let bytes = [UInt8](repeating: 7, count: 60)
        for index in 0..<20_000 {
            let frame = Frame(
                time: Timestamp(nanoseconds: Int64(index)), capturedLength: 60, originalLength: 60,
                linkType: .ethernet, direction: index % 3 == 0 ? .incoming : .unknown,
                interface: InterfaceID(rawValue: 0))
            try writer.write(frame, bytes.span.bytes)
        }
        try writer.finish()
    }

    @Test("Reading and writing packets allocates nothing", arguments: ["pcap", "pcapng"])
    func packets(suffix: String) throws {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/all.\(suffix)"
            try write(path)
            var reader = try CaptureReader(path: path)
            var writer = try CaptureWriter(path: "/dev/null", format: suffix == "pcap" ? .pcap : .pcapng)
            writer.add(reader.interfaces[0])
            var count = 0
            func copy(_ most: Int) throws {
                while count < most, let frame = try reader.next() {
                    try writer.write(frame, reader.bytes)
                    count += 1
                }
            }
            // The first packets set up what the rest uses; behind the last stand the statistics.
            try copy(10)
            let allocated = try allocations { try copy(20_000) }
            #expect(allocated == 0)
            #expect(count == 20_000)
            try writer.finish()
        }
    }
}
