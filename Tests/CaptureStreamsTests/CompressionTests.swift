import CaptureFiles
import CaptureStreams
import Compression
import PacketDecoding
import TestSupport
import Testing

@Suite("Compressed captures")
struct CompressionTests {
    private static let name = "of13_ericsson.pcapng"

    private struct Outcome: Equatable {
        var packets = 0
        var bytes = 0
        var damage: [CaptureDamage.Reason] = []
    }

    /// What a reader finds in `bytes`, put into a file whose name says nothing.
    private func outcome(_ bytes: [UInt8]) throws -> Outcome {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/capture"
            try Scratch.write(bytes, to: path)
            var reader = try CaptureReader(path: path)
            var outcome = Outcome()
            while let frame = try reader.next() {
                outcome.packets += 1
                outcome.bytes += frame.capturedLength
            }
            outcome.damage = reader.damage.map(\.reason)
            return outcome
        }
    }

    private var plain: [UInt8] { Fixtures.bytes("captures/\(Self.name)") }

    private func packed(_ program: String, _ bytes: [UInt8], _ arguments: [String] = []) throws -> [UInt8] {
        try Peer.output(of: program, ["-c"] + arguments, input: bytes).output
    }

    @Test("gzip and zstd are told by their first bytes, in one member or several", arguments: ["gzip", "zstd"])
    func whole(program: String) throws {
        let expected = try outcome(plain)
        #expect(expected.packets == 174)
        #expect(try outcome(packed(program, plain)) == expected)
        let half = plain.count / 2
        let members = try packed(program, Array(plain[..<half])) + packed(program, Array(plain[half...]))
        #expect(try outcome(members) == expected)
        #expect(try outcome(packed(program, []) + packed(program, plain)) == expected)
    }

    @Test("Frames to be skipped, and high levels with large windows, are read")
    func zstdKinds() throws {
        let expected = try outcome(plain)
        let skipped: [UInt8] = [0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 9, 9, 9]
        #expect(try outcome(skipped + packed("zstd", plain) + skipped) == expected)
        #expect(try outcome(packed("zstd", plain, ["-19", "--long=27"])) == expected)
    }

    @Test("A window beyond the limit is refused, and said")
    func zstdWindow() throws {
        // A frame header that asks for a window of 2 to the 31 bytes, and one empty last block.
        let bytes: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 21 << 3, 0x01, 0x00, 0x00]
        let error = #expect(throws: CaptureStreamError.self) { try outcome(bytes) }
        #expect(error?.reason == .compression(CompressionError(.windowTooLarge, in: .zstd)))
        #expect(error?.description.contains("needs more than 128 MiB of memory") == true)
    }

    @Test("A stream that is cut off gives what came before, and the damage", arguments: ["gzip", "zstd"])
    func truncated(program: String) throws {
        let bytes = try packed(program, large)
        let format: CompressionFormat = program == "gzip" ? .gzip : .zstd
        let cut = try outcome(Array(bytes[..<(bytes.count / 2)]))
        #expect(cut.packets > 100)
        #expect(cut.damage.contains(.compression(CompressionError(.truncated, in: format).description)))
    }

    @Test("A stream that is corrupt gives what came before, and the damage", arguments: ["gzip", "zstd"])
    func corrupt(program: String) throws {
        var bytes = try packed(program, large)
        for place in bytes.count * 3 / 4..<bytes.count * 3 / 4 + 40 { bytes[place] ^= 0x55 }
        let outcome = try outcome(bytes)
        #expect(outcome.packets > 100)
        let texts = outcome.damage.map(\.description)
        #expect(texts.contains { $0.contains("the \(program) stream is corrupt") }, "\(texts)")
    }

    @Test("Zeros behind a gzip are padding, and what else stands there is damage")
    func trailing() throws {
        let expected = try outcome(plain)
        let bytes = try packed("gzip", plain)
        #expect(try outcome(bytes + [UInt8](repeating: 0, count: 512)) == expected)
        var broken = expected
        broken.damage = [.compression("bytes that are not gzip stand behind the gzip stream")]
        #expect(try outcome(bytes + Array("abc".utf8)) == broken)
        broken.damage = [.compression("bytes that are not zstd stand behind the zstd stream")]
        #expect(try outcome(packed("zstd", plain) + Array("abcdefgh".utf8)) == broken)
    }

    @Test("What is compressed and no capture is refused as such")
    func noCapture() throws {
        let bytes = try packed("gzip", Array("hello, world".utf8))
        let error = #expect(throws: CaptureStreamError.self) { try outcome(bytes) }
        #expect(error?.reason == .format(.unknownMagic(0x6865_6C6C)))
    }

    /// Many packets that do not compress away to nothing.
    private var large: [UInt8] {
        var generator = SeededGenerator(seed: 7)
        var reading = CaptureReading(of: plain)
        for round in 0..<2_000 {
            var packet = reading.packets[round % 174]
            packet.bytes = packet.bytes.map { _ in UInt8.random(in: 0..<16, using: &generator) }
            packet.original = packet.bytes.count
            reading.packets.append(packet)
        }
        return CapturePromises.pcapng(of: reading)
    }
}
