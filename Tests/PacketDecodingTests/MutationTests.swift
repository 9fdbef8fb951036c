import PacketDecoding
import Primitives
import TestSupport
import Testing

/// Damaged packets: nothing traps, and what the facts promise about the bytes holds. Fuzz/ does the same for longer.
@Suite struct MutationTests {
    private static let links: [LinkType] = [
        .null, .ethernet, .ppp, .rawBSD, .rawOpenBSD, .pppHDLC, .pppEthernet, .raw, .ieee80211, .loop, .linuxCooked,
        .ieee80211Radiotap, .ipv4, .ipv6, .nflog, .linuxCookedV2, LinkType(147),
    ]

    @Test func everyByteOfEveryPacketChanged() {
        for (_, packet) in DecodingCorpus.packets {
            let bytes = packet.bytes
            for index in bytes.indices {
                for value in [0, 1, 4, 0x0F, 0x3C, 0x40, 0x45, 0x60, 0x7F, 0x80, 0xC0, 0xFF] as [UInt8] {
                    var changed = bytes
                    changed[index] = value
                    check(changed, packet.linkType, original: bytes.count)
                }
            }
        }
    }

    @Test func randomDamage() {
        let seed: UInt64 = 0xDEC0_DE01
        var random = SeededGenerator(seed: seed)
        for _ in 0..<8000 {
            let (_, packet) = DecodingCorpus.packets[Int(random.next() % UInt64(DecodingCorpus.packets.count))]
            var bytes = packet.bytes
            for _ in 0..<(1 + random.next() % 6) where !bytes.isEmpty {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            bytes = Array(bytes.prefix(Int(random.next() % UInt64(bytes.count + 1)) + bytes.count / 2))
            let link =
                random.next() % 8 == 0
                ? MutationTests.links[Int(random.next() % UInt64(MutationTests.links.count))] : packet.linkType
            check(bytes, link, original: Int(random.next() % 200))
        }
    }

    @Test func randomBytes() {
        let seed: UInt64 = 0xDEC0_DE02
        var random = SeededGenerator(seed: seed)
        for _ in 0..<3000 {
            let bytes = (0..<Int(random.next() % 120)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            for link in MutationTests.links { check(bytes, link, original: bytes.count) }
        }
    }

    /// Headers in headers as deep as a frame of 256 KiB holds: the stack does not grow with them.
    @Test func deepNesting() {
        let patterns: [[UInt8]] = [
            [0x81, 0, 0, 1], [0x88, 0x47, 0, 0], [0, 0, 0x40, 0], [0xAA, 0xAA, 3, 0, 0, 0, 0x81, 0, 0, 1, 0, 8],
            [0xFF, 0x03], [51, 4, 0, 0], [44, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0],
            [0x88, 0x0B, 0xFF, 0x03], [0x11, 0, 0, 1, 0xFF, 0xFF, 0x02, 0x81],
        ]
        for pattern in patterns {
            let filling = (0..<(1 << 18)).map { pattern[$0 % pattern.count] }
            for (_, packet) in DecodingCorpus.packets {
                let bytes = packet.bytes
                for start in [0, 12, 14, bytes.count / 2, bytes.count] where start <= bytes.count {
                    check(
                        Array(bytes.prefix(start)) + filling.prefix(1 << 12), packet.linkType, original: 0)
                }
            }
            check(filling, .ethernet, original: filling.count)
            check([UInt8](repeating: 0, count: 12) + filling, .ethernet, original: filling.count)
        }
    }

    private func check(_ bytes: [UInt8], _ link: LinkType, original: Int) {
        if let broken = DecodedPromises.broken(bytes.span.bytes, link, original: original) {
            Issue.record("\(broken) of \(bytes)")
        }
    }
}
