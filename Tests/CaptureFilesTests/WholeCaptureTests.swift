import CaptureFiles
import TestSupport
import Testing

@Suite("The captures of tcpdump's tests, as bytes")
struct WholeCaptureTests {
    @Test("give the packets that an obviously correct reader finds")
    func twin() {
        for name in Fixtures.captureNames {
            let file = Fixtures.bytes("captures/\(name)")
            let reading = CaptureReading(of: file)
            #expect(reading.error == nil && reading.damageCount == 0, "\(name)")
            let packets = reading.packets.map {
                SimpleReader.Packet(original: $0.original, linkType: $0.linkType, time: $0.time, bytes: $0.bytes)
            }
            #expect(packets == SimpleReader.packets(file), "\(name)")
        }
    }

    @Test("give the same however the bytes arrive, and copies of them are whole")
    func pieces() {
        for (index, name) in Fixtures.captureNames.enumerated() {
            let file = Fixtures.bytes("captures/\(name)")
            guard file.count < 20_000 else { continue }
            #expect(CapturePromises.broken(file, seed: UInt64(index)) == nil, "\(name)")
        }
    }

    @Test("give the same byte by byte, and at every size of piece up to 100")
    func everySize() {
        for name in ["ospf-sr2.pcapng", "bgp-orf.pcapng", "08-sunrise-sunset-esp2.pcap"] {
            let file = Fixtures.bytes("captures/\(name)")
            let whole = CaptureReading(of: file)
            for size in 1...100 {
                let pieces = CaptureReading(of: file) { size }
                #expect(whole.difference(from: pieces) == nil, "\(name) in pieces of \(size)")
            }
        }
    }
}
