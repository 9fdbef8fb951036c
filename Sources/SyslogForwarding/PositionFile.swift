import LogFiles
import Primitives
import SystemCalls

/// How far a receiver got, on disk: for each log the place behind what it has confirmed, and lost lines that it was not
/// told of yet.
///
/// The file has two slots, written in turn; each ends with its checksum, and the one with the greater number that is
/// whole holds. A process that is killed, and a machine that loses its power, leaves the last or the one before.
final class PositionFile {
    /// What is kept of one log.
    struct Entry: Equatable {
        var log: String
        var place: LogPlace
        var untold: UInt64 = 0
    }

    private static let slotLength = 2048
    private static let title = "gatelog syslog positions 1"

    private let file: FileDescriptor
    private var sequence: UInt64 = 0
    private var written: [Entry]?

    /// The entries that were there when it was opened; nil where there was no whole slot.
    let found: [Entry]?

    /// Opens the file at `path`, or makes it.
    init(path: String) throws(SystemCallError) {
        file = try FileDescriptor(opening: path, for: .update, permissions: 0o640)
        let bytes = try file.contents(of: 0..<Int64(Self.slotLength * 2))
        var best: (sequence: UInt64, entries: [Entry])?
        for start in stride(from: 0, to: bytes.count, by: Self.slotLength) {
            let end = min(start + Self.slotLength, bytes.count)
            guard let read = Self.read(bytes[start..<end]), read.sequence >= best?.sequence ?? 0 else { continue }
            best = read
        }
        sequence = best?.sequence ?? 0
        found = best?.entries
        written = found
    }

    /// Writes the entries, where they are others than before.
    func write(_ entries: [Entry]) throws(SystemCallError) {
        guard entries != written else { return }
        sequence += 1
        var slot = ByteBuffer(capacity: Self.slotLength)
        slot.append(Self.title)
        slot.append("\nsequence ")
        slot.append(decimal: sequence)
        for entry in entries {
            slot.append("\n\(entry.log) \(entry.place) \(entry.untold)")
        }
        slot.append("\nsum ")
        slot.append(hex: Self.sum(slot.bytes), digits: 16)
        slot.append(UInt8(ascii: "\n"))
        precondition(slot.count <= Self.slotLength, "seven logs of known names have room")
        while slot.count < Self.slotLength - 1 { slot.append(UInt8(ascii: " ")) }
        slot.append(UInt8(ascii: "\n"))
        try file.write(slot.bytes, at: Int64(sequence % 2) * Int64(Self.slotLength))
        written = entries
    }

    private static func read(_ bytes: ArraySlice<UInt8>) -> (sequence: UInt64, entries: [Entry])? {
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true).filter { $0.contains { $0 != " " } }
        guard lines.count >= 3, lines[0] == title, let last = lines.last, last.hasPrefix("sum ") else { return nil }
        let body = lines.dropLast().joined(separator: "\n") + "\nsum "
        guard UInt64(last.dropFirst(4), radix: 16) == sum(body.utf8Span.span.bytes),
            lines[1].hasPrefix("sequence "), let sequence = UInt64(lines[1].dropFirst(9))
        else { return nil }
        var entries: [Entry] = []
        for line in lines.dropFirst(2).dropLast() {
            let words = line.split(separator: " ")
            guard words.count == 3, let place = LogPlace(String(words[1])), let untold = UInt64(words[2]) else {
                return nil
            }
            entries.append(Entry(log: String(words[0]), place: place, untold: untold))
        }
        return (sequence, entries)
    }

    /// FNV-1a.
    private static func sum(_ bytes: RawSpan) -> UInt64 {
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        for offset in 0..<bytes.byteCount { sum = (sum ^ UInt64(bytes.byte(at: offset))) &* 0x100_0000_01B3 }
        return sum
    }
}
