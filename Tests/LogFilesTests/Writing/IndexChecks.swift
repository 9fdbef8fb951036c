import Foundation
import LogIndex
import Primitives
import Testing

@testable import LogFiles

/// What a text and its index say of each other.
struct IndexCheck {
    var lines = 0
    var kinds: [RecordKind] = []
}

/// Reads a text's index from its first block to its last and holds each line's place against the text.
func checkIndex(
    text: [UInt8], records: String, index: String, location: SourceLocation = #_sourceLocation
) throws -> IndexCheck {
    let directoryBytes = [UInt8](FileManager.default.contents(atPath: index) ?? Data())
    let blocks = [UInt8](FileManager.default.contents(atPath: records) ?? Data())
    var check = IndexCheck()
    var offset: UInt64 = 0
    var recordEnd = 0
    var directory = IndexDirectory()
    var reader = IndexBlockReader()
    while let summary = directory.next(directoryBytes.span.bytes) {
        #expect(summary.lineOffset == offset && summary.lineNumber == UInt64(check.lines), sourceLocation: location)
        #expect(summary.recordOffset == UInt64(recordEnd), sourceLocation: location)
        let start = Int(summary.recordOffset)
        let block = Array(blocks[start..<start + summary.recordLength])
        try reader.open(block.span.bytes)
        while let line = reader.next(block.span.bytes) {
            #expect(line.offset == offset, sourceLocation: location)
            offset += UInt64(line.length)
            #expect(text[Int(offset) - 1] == UInt8(ascii: "\n"), sourceLocation: location)
            check.kinds.append(line.kind)
            check.lines += 1
        }
        recordEnd += summary.recordLength
    }
    let isWhole = directory.damage == nil
    #expect(isWhole, "the directory is damaged", sourceLocation: location)
    #expect(offset == UInt64(text.count) && recordEnd == blocks.count, sourceLocation: location)
    #expect(text.split(separator: UInt8(ascii: "\n")).count == check.lines, sourceLocation: location)
    return check
}

/// The same for all files of a log that are not compressed. Returns the lines of all of them.
@discardableResult
func checkIndexes(_ names: LogFileNames, location: SourceLocation = #_sourceLocation) throws -> IndexCheck {
    var sum = IndexCheck()
    func add(_ text: String, _ records: String, _ index: String) throws {
        guard let bytes = FileManager.default.contents(atPath: text) else { return }
        let check = try checkIndex(text: [UInt8](bytes), records: records, index: index, location: location)
        sum.lines += check.lines
        sum.kinds += check.kinds
    }
    for number in (1...LogFileNames.mostSegments).reversed()
    where FileManager.default.fileExists(atPath: names.plain(number)) {
        try add(names.plain(number), names.records(number), names.index(number))
    }
    try add(names.live, names.liveRecords, names.liveIndex)
    return sum
}
