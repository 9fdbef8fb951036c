package import Expressions
import LogIndex
import PacketDecoding
import Primitives
import Records
import TestSupport

/// What the readers of an index promise for any bytes: they end, stay within them and within what they say of
/// themselves, and whatever they hand out can be rendered and asked.
package enum IndexPromises {
    private static let expressions = [
        "addr = 10.0.0.0/8 | addr = 2001:db8::/32", "port = 53 & !(proto = tcp)", "rule ~ /a/ | user = ann",
        "host = \"*.example.com\" | country = DE", "mac = 02:00:00 & vlan = 1-4095", "if = Internet & direc = in",
        "payload = \"GET\" | inner(port = 80)", "tcpfl = SYN -ACK & len > 40 & ttl < 65", "icmp = 8 | frag = later",
    ]

    package static let trees: [Tree?] = expressions.map { (try? Expression(parsing: $0))?.tree }

    /// The first promise that is broken, or nil. The bytes are taken as a block, and as a directory; checksums are
    /// not asked for, since nothing would come behind them.
    package static func broken(_ bytes: RawSpan) -> String? {
        brokenBlock(bytes) ?? brokenDirectory(bytes)
    }

    private static func brokenBlock(_ bytes: RawSpan) -> String? {
        var reader = IndexBlockReader()
        do {
            try reader.open(bytes, isSealed: false)
        } catch {
            return error.description.isEmpty ? "an error says nothing" : nil
        }
        if reader.facts.length > bytes.byteCount { return "a block is longer than its bytes" }
        let names = reader.packetNames(bytes)
        var lines = PacketLineRenderer(clock: LineClock(zone: .utc, form: .bracketed))
        var objects = PacketJSONRenderer(zone: .utc)
        var connections = ConnectionLineRenderer(clock: LineClock(zone: .utc, form: .bracketed))
        let services = ServiceNames { $0 == 443 ? "HTTPS" : nil }
        var text = ByteBuffer(capacity: 4096)
        var count = 0
        while let line = reader.next(bytes) {
            count += 1
            text.removeAll()
            guard let record = reader.record(of: line, bytes) else {
                if line.isPacket { return "a packet's line has no record" }
                if let connection = reader.connection(of: line, bytes) {
                    connections.append(connection, names, services, to: &text)
                } else if line.isConnection {
                    return "a connection's line has no record"
                }
                continue
            }
            lines.append(record, bytes, names, to: &text)
            objects.append(record, bytes, names, to: &text)
        }
        if count > reader.facts.lineCount { return "more lines than the header says" }
        if count < reader.facts.lineCount, reader.damage == nil { return "lines are missing, and nothing is said" }
        return brokenSelections(bytes) ?? brokenSummary(bytes, reader.facts.lineCount)
    }

    private static func brokenSelections(_ bytes: RawSpan) -> String? {
        var reader = IndexBlockReader()
        for tree in trees {
            guard (try? reader.open(bytes, isSealed: false)) != nil else { return "a block opens only once" }
            var selection = StoredSelection(tree, directory: Directory())
            selection.begin(reader, bytes)
            while let line = reader.next(bytes) {
                if selection.matches(line, &reader, bytes), !line.isPacket, !line.isConnection {
                    return "a line of which nothing is known is met"
                }
            }
        }
        return nil
    }

    private static func brokenSummary(_ bytes: RawSpan, _ lines: Int) -> String? {
        var sealer = IndexSealer()
        var directory = ByteBuffer(capacity: 1024)
        guard (try? sealer.summarise(bytes, recordOffset: 7, isSealed: false, into: &directory)) != nil else {
            return "a block that opens has no summary"
        }
        var records = IndexDirectory()
        guard let summary = records.next(directory.bytes) else { return "a summary is not read back" }
        guard summary.recordOffset == 7, summary.lineCount == lines else { return "a summary says something else" }
        return nil
    }

    private static func brokenDirectory(_ bytes: RawSpan) -> String? {
        if let summary = try? BlockSummary(bytes, at: 0, isSealed: false) {
            for tree in trees { _ = BlockMatcher(tree, directory: Directory()).mayMatch(summary, bytes) }
        }
        var records = IndexDirectory()
        var count = 0
        while records.next(bytes) != nil { count += 1 }
        if records.position > bytes.byteCount { return "a directory reaches beyond its bytes" }
        if records.position < bytes.byteCount, records.damage == nil { return "a directory ends early without a word" }
        return count * 16 > bytes.byteCount ? "more records than there is room for" : nil
    }
}
