import Compression
import Primitives
import TestSupport
import Testing

@Suite("Seekable zstd")
struct ZstdSeekableTests {
    /// Packs `text` in pieces of random sizes.
    static func pack(_ text: [UInt8], frameSize: Int = 64 << 10, seed: UInt64 = 20_261_121) throws -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        var encoder = try ZstdSeekableEncoder(frameSize: frameSize)
        var packed = ByteBuffer()
        var place = 0
        while place < text.count {
            let end = min(text.count, place + Int.random(in: 1...100_000, using: &generator))
            try encoder.append(text.span.bytes.extracting(place..<end), into: &packed)
            place = end
        }
        try encoder.finish(into: &packed)
        return packed.bytes.withUnsafeBytes { [UInt8]($0) }
    }

    static func table(of packed: [UInt8]) -> ZstdSeekTable? {
        let bytes = packed.span.bytes
        guard bytes.byteCount >= ZstdSeekTable.footerSize,
            let length = ZstdSeekTable.length(
                footer: bytes.extracting(bytes.byteCount - ZstdSeekTable.footerSize..<bytes.byteCount)),
            length <= bytes.byteCount
        else { return nil }
        return ZstdSeekTable(
            parsing: bytes.extracting(bytes.byteCount - length..<bytes.byteCount), fileSize: Int64(bytes.byteCount))
    }

    static func unpack(_ packed: [UInt8], _ frame: ZstdSeekTable.Frame) throws -> [UInt8] {
        var decoder = try ZstdFrameDecoder()
        var text = ByteBuffer()
        let start = Int(frame.packedOffset)
        try decoder.unpack(packed.span.bytes.extracting(start..<start + frame.packedSize), of: frame, into: &text)
        return text.bytes.withUnsafeBytes { [UInt8]($0) }
    }

    static func lines(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        var text: [UInt8] = []
        for number in 0..<count {
            text += Array("line \(number) ".utf8)
            text += [UInt8](repeating: .random(in: 0x20...0x7E, using: &generator), count: number % 150)
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }

    @Test("The zstd program unpacks it, and frames that end with lines give the text back")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 20_261_121)
        let text = Self.lines(8_000, &generator)
        let packed = try Self.pack(text)
        #expect(try Peer.output(of: "zstd", ["-d", "-c"], input: packed).output == text)
        let table = try #require(Self.table(of: packed))
        #expect(table.textSize == Int64(text.count))
        #expect(table.frames.count >= text.count / (64 << 10))
        var whole: [UInt8] = []
        for frame in table.frames {
            #expect(frame.offset == Int64(whole.count))
            let part = try Self.unpack(packed, frame)
            #expect(part.last == UInt8(ascii: "\n") && part.count <= 64 << 10)
            whole += part
        }
        #expect(whole == text)
    }

    @Test("Text without line ends is cut where a frame is full; no text is a table without frames")
    func edges() throws {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 200_000)
        let packed = try Self.pack(long)
        #expect(Self.table(of: packed)?.frames.map(\.size) == [65_536, 65_536, 65_536, 3_392])
        #expect(try Peer.output(of: "zstd", ["-d", "-c"], input: packed).output == long)
        let empty = try Self.pack([])
        #expect(Self.table(of: empty)?.frames == [])
        #expect(try Peer.output(of: "zstd", ["-d", "-c"], input: empty).output == [])
    }

    @Test("A place in the text finds its frame")
    func places() throws {
        var generator = SeededGenerator(seed: 20_261_121)
        let text = Self.lines(3_000, &generator)
        let table = try #require(Self.table(of: try Self.pack(text)))
        for _ in 0..<500 {
            let place = Int64.random(in: 0..<table.textSize, using: &generator)
            let frame = table.frames[try #require(table.frame(at: place))]
            #expect(frame.offset <= place && place < frame.offset + Int64(frame.size))
        }
        #expect(table.frame(at: table.textSize) == nil && table.frame(at: -1) == nil)
    }

    @Test("Damage is an error or another table, never text that was not there")
    func damage() throws {
        var generator = SeededGenerator(seed: 20_261_121)
        let text = Self.lines(3_000, &generator)
        let packed = try Self.pack(text)
        for _ in 0..<400 {
            var broken = packed
            let place = Int.random(in: 0..<broken.count, using: &generator)
            broken[place] ^= .random(in: 1...255, using: &generator)
            if Bool.random(using: &generator) { broken.removeLast(Int.random(in: 0..<40, using: &generator)) }
            guard let table = Self.table(of: broken) else { continue }
            for frame in table.frames {
                guard let part = try? Self.unpack(broken, frame) else { continue }
                let start = Int(frame.offset)
                #expect(text[start..<start + part.count].elementsEqual(part), "byte \(place)")
            }
        }
    }

    @Test("Tables that contradict the file are refused")
    func refusals() throws {
        let packed = try Self.pack([UInt8](repeating: 0x61, count: 100_000))
        #expect(Self.table(of: packed) != nil)
        #expect(Self.table(of: [0] + packed) == nil)
        #expect(Self.table(of: Array(packed.dropFirst(3))) == nil)
        #expect(Self.table(of: Array(packed.dropLast())) == nil)
        #expect(Self.table(of: Array("a plain text\n".utf8)) == nil)
    }
}
