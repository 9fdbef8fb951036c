import LogIndex
import LogIndexSupport
import Primitives
import TestSupport
import Testing

/// The bytes of version 1. A difference is a new version: readers of old indexes must stay.
@Suite("The format of the index")
struct FormatTests {
    @Test("A block and its directory's record, byte by byte")
    func golden() {
        let sample = IndexSamples.make()
        Golden.check(
            "block\n\(hex(sample.block))directory\n\(hex(sample.directory))", "logindex/version1.txt")
    }

    @Test("The directory is made again from the blocks")
    func remade() throws {
        let sample = IndexSamples.make()
        var directory = ByteBuffer()
        var sealer = IndexSealer()
        let facts = try sealer.summarise(sample.block.span.bytes, recordOffset: 512, into: &directory)
        #expect(IndexSamples.copy(directory.bytes) == sample.directory)
        #expect(facts.lineOffset == 4_096 && facts.lineNumber == 30 && facts.lineCount == 9)
    }

    private func hex(_ bytes: [UInt8]) -> String {
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 16) {
            let row = bytes[start..<min(start + 16, bytes.count)]
            let place = String(start, radix: 16)
            text += String(repeating: "0", count: 4 - place.count) + place
            for byte in row { text += (byte < 16 ? " 0" : " ") + String(byte, radix: 16) }
            text += "\n"
        }
        return text
    }
}
