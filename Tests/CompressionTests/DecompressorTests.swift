import Compression
import TestSupport
import Testing

@Suite("Unpacking")
struct DecompressorTests {
    /// Unpacks `packed` with input and output cut into random pieces.
    private func unpack(
        _ packed: [UInt8], _ format: CompressionFormat, _ generator: inout SeededGenerator
    ) throws -> (bytes: [UInt8], failure: CompressionError?) {
        var decompressor = try Decompressor(format)
        var (bytes, place, idle) = ([UInt8](), 0, 0)
        var room = [UInt8](repeating: 0, count: 700)
        while true {
            let input = Array(packed[place..<min(packed.count, place + Int.random(in: 0...500, using: &generator))])
            let size = Int.random(in: 1...700, using: &generator)
            let progress = room.withUnsafeMutableBytes { buffer in
                decompressor.decompress(input.span.bytes, into: .init(rebasing: buffer[..<size]))
            }
            bytes += room[..<progress.produced]
            place += progress.consumed
            if let failure = progress.failure { return (bytes, failure) }
            // At the end, a few calls without input bring out what is still inside.
            idle = place == packed.count && progress.produced == 0 ? idle + 1 : 0
            if idle == 3 { return (bytes, decompressor.failureAtEnd()) }
        }
    }

    @Test("Pieces of any size give the whole, of one member or many", arguments: ["gzip", "zstd"])
    func pieces(program: String) throws {
        let format: CompressionFormat = program == "gzip" ? .gzip : .zstd
        let plain = Array(Fixtures.bytes("captures/of13_ericsson.pcapng").prefix(30_000))
        let packed = try Peer.output(of: program, ["-c"], input: plain).output
        for seed in 0..<UInt64(20) {
            var generator = SeededGenerator(seed: seed)
            let result = try unpack(packed + packed, format, &generator)
            #expect(result.bytes == plain + plain && result.failure == nil, "seed \(seed)")
        }
    }

    @Test("Random damage never stands still, and fails with a reason", arguments: ["gzip", "zstd"])
    func damage(program: String) throws {
        let format: CompressionFormat = program == "gzip" ? .gzip : .zstd
        let plain = Array(Fixtures.bytes("captures/of13_ericsson.pcapng").prefix(5_000))
        let packed = try Peer.output(of: program, ["-c"], input: plain).output
        for seed in 0..<UInt64(300) {
            var generator = SeededGenerator(seed: seed)
            var broken = packed
            for _ in 0..<3 {
                broken[Int.random(in: 0..<broken.count, using: &generator)] ^= .random(in: 1...255, using: &generator)
            }
            _ = try unpack(broken, format, &generator)
            let cut = Array(packed.prefix(Int.random(in: 1..<packed.count, using: &generator)))
            let result = try unpack(cut, format, &generator)
            #expect(plain.starts(with: result.bytes) && result.failure?.code == .truncated, "seed \(seed)")
        }
    }

    @Test("The first bytes tell the format")
    func detection() {
        func format(_ bytes: [UInt8]) -> CompressionFormat? { CompressionFormat(detecting: bytes.span.bytes) }
        #expect(format([0x1F, 0x8B]) == .gzip)
        #expect(format([0x28, 0xB5, 0x2F, 0xFD]) == .zstd)
        #expect(format([0x50, 0x2A, 0x4D, 0x18]) == .zstd)
        #expect(format([0x28, 0xB5, 0x2F]) == nil)
        #expect(format([0xD4, 0xC3, 0xB2, 0xA1]) == nil)
        #expect(format([]) == nil)
    }

    @Test("Every failure has its sentence")
    func sentences() {
        func text(_ code: CompressionError.Code, _ format: CompressionFormat, _ detail: String = "") -> String {
            CompressionError(code, in: format, detail: detail).description
        }
        #expect(text(.corrupt, .gzip, "invalid block type") == "the gzip stream is corrupt (invalid block type)")
        #expect(text(.truncated, .zstd) == "the zstd stream is cut off before its end")
        #expect(text(.trailingBytes, .gzip) == "bytes that are not gzip stand behind the gzip stream")
        #expect(
            text(.windowTooLarge, .zstd)
                == "the zstd stream needs more than 128 MiB of memory; `zstd -d --long=31` unpacks it")
        #expect(text(.outOfMemory, .zstd) == "there is no memory for zstd")
    }
}
