import CaptureFiles
import TestSupport
import Testing

@Suite("Captures with random damage")
struct MutationTests {
    private static let seed: UInt64 = 0x6761_7465_6c6f_6701

    /// What the mutations begin with: small captures of each format, one with everything that pcapng has.
    private static let sources: [[UInt8]] = {
        var rich = CaptureBytes(.big)
        rich.section { $0.option(4, text: "test") }
        rich.interface(snapLength: 200) {
            $0.option(2, text: "eth0")
            $0.option(9, [9])
        }
        for index in 0..<6 {
            rich.packet(UInt64(index) << 40, [UInt8](repeating: 3, count: 20 + index)) {
                $0.option(1, text: "note \(index)")
                $0.option(2, $0.body { $0.add(UInt32(1)) })
            }
        }
        rich.block(4, rich.body { $0.option(1, [1, 2, 3, 4, 0x61, 0]) })
        rich.block(3, rich.body { $0.bytes += [0, 0, 0, 4, 1, 2, 3, 4] })
        var modified = CaptureBytes(.big)
        modified.pcapHeader(magic: 0xa1b2_cd34)
        for index in 0..<8 {
            modified.record(1_000, UInt32(index), [1, 2, 3], modified: [0, 0, 0, 1, 8, 0, 4, 0])
        }
        let names = ["ospf-sr2.pcapng", "nhrp.pcapng", "08-sunrise-sunset-esp2.pcap", "3560_CDP.pcap"]
        return names.map { Fixtures.bytes("captures/\($0)") } + [rich.bytes, modified.bytes]
    }()

    @Test("keep every promise of the readers")
    func promises() {
        print("captures with random damage: seed \(Self.seed)")
        for round in 0..<UInt64(3_000) {
            var generator = SeededGenerator(seed: Self.seed &+ round)
            let capture = Self.mutated(&generator)
            #expect(CapturePromises.broken(capture, seed: round) == nil, "round \(round)")
        }
    }

    /// One of the sources with a few bytes flipped, cut out, doubled, or taken from another.
    private static func mutated(_ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = sources.randomElement(using: &generator)!
        if bytes.count > 4_000 { bytes.removeLast(bytes.count - 4_000) }
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            guard bytes.count > 8 else { break }
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            let length = min(Int.random(in: 1...64, using: &generator), bytes.count - place)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[place] = [0, 0xFF, 0x7F, 0x80].randomElement(using: &generator)!
            case 2: bytes.removeSubrange(place..<place + length)
            case 3: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: place)
            case 4: bytes.removeLast(length)
            default:
                let other = sources.randomElement(using: &generator)!
                bytes.insert(contentsOf: other.prefix(length), at: place)
            }
        }
        return bytes
    }
}
