import PacketDecoding
import Primitives
public import Records

/// Reads lines of a log back, for an index that is lost or torn: of every line its place, time and kind; of packets
/// in the standard template of either dialect all that the line says. Pure: whoever holds the file gives its text.
///
/// What a line does not say stays unknown: the time is that of the second (or millisecond) in the line, of a packet
/// TTL, code point and link are gone. Local time that a clock that was set back has twice is taken as the first one
/// that does not lie before the line above. About a microsecond a line.
public struct IndexRebuilder: ~Copyable {
    /// What was read back, and what could not be.
    public struct Counts: Hashable, Sendable, CustomStringConvertible {
        public var lines: UInt64 = 0
        /// Lines whose packet is in the index again.
        public var packets: UInt64 = 0
        /// Lines that tell of a packet in a template that is not the standard one: the index has their time and kind.
        public var unreadPackets: UInt64 = 0
        /// Lines that do not begin with a time: they have that of the line above.
        public var withoutTime: UInt64 = 0

        public var description: String {
            var text = "\(lines) lines read back, \(packets) of them with their packets"
            if unreadPackets > 0 { text += "; the packets of \(unreadPackets) could not be read (another template)" }
            if withoutTime > 0 { text += "; \(withoutTime) had no time" }
            return text
        }
    }

    public private(set) var counts = Counts()

    private let kind: RecordKind
    private var clock: LineTimeReader
    private var parser = PacketLineParser()

    /// A reader for one log.
    ///
    /// - Parameters:
    ///   - zone: of the times in its lines.
    ///   - kind: of lines that do not say it themselves: `.text` for a debug log, `.security` for that one.
    public init(zone: ZoneTable, kind: RecordKind = .text) {
        self.kind = kind
        clock = LineTimeReader(zone: zone)
    }

    /// Reads the whole lines at the start of `text` into `builder`, `most` at most, and returns their bytes. A last
    /// line without its end is left. Who calls finishes the block and comes again with what follows.
    public mutating func read(_ text: RawSpan, into builder: inout IndexBlockBuilder, atMost most: Int = 4096) -> Int {
        var start = 0
        var lines = 0
        while lines < most, let end = text.firstIndex(of: UInt8(ascii: "\n"), from: start) {
            readLine(text.extracting(start..<end), length: end + 1 - start, into: &builder)
            start = end + 1
            lines += 1
        }
        return start
    }

    private mutating func readLine(_ line: RawSpan, length: Int, into builder: inout IndexBlockBuilder) {
        counts.lines += 1
        guard let (time, rest) = clock.read(line) else {
            counts.withoutTime += 1
            builder.append(kind: kind, time: clock.last, lineLength: length)
            return
        }
        let body = line.extracting(rest...)
        switch parser.parse(body) {
        case .packet(let found):
            counts.packets += 1
            parser.record.time = time
            builder.append(
                parser.record, parser.texts.bytes, parser.names, kind: found ?? (kind == .text ? .packet : kind),
                lineLength: length)
        case .unread(let found):
            counts.unreadPackets += 1
            builder.append(kind: found, time: time, lineLength: length)
        case .other:
            builder.append(kind: body.noteKind ?? kind, time: time, lineLength: length)
        }
    }
}

extension RawSpan {
    /// The first such byte from `start` on.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        var offset = start
        while offset < byteCount {
            if self.byte(at: offset) == byte { return offset }
            offset += 1
        }
        return nil
    }

    /// The kind of a line that a log says about itself: `12 lines lost: ...`, `1 line suppressed`.
    fileprivate var noteKind: RecordKind? {
        var cursor = LineCursor(self)
        guard let count = cursor.number(self, upTo: .max), cursor.take(count == 1 ? " line " : " lines ", self) else {
            return nil
        }
        if cursor.take("lost: ", self) { return .gap }
        return cursor.take("suppressed", self) && cursor.isAtEnd ? .suppressed : nil
    }
}
