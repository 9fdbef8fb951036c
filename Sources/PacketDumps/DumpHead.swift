import CaptureFiles
import Primitives

/// What stands at the beginning of each file of a dump.
struct DumpHead {
    private static let expressionLabel = "expression: "
    private static let startLabel = "started by "

    /// The section header: the expression, and who started the dump and when.
    static func append(_ order: DumpOrder, _ surroundings: DumpSurroundings, into buffer: inout ByteBuffer) {
        var expression = order.expression
        if expression.utf8.count > DumpLimits.quotedExpression {
            // A scalar takes four bytes at most.
            expression = String(String.UnicodeScalarView(expression.unicodeScalars.prefix(15_000))) + " ..."
        }
        var start = startLabel + order.startedBy + " at " + isoText(order.startedAt)
        start += limits(order).map { ", \($0)" }.joined()
        let description = CaptureDescription(
            application: surroundings.application, operatingSystem: surroundings.operatingSystem,
            comments: [expressionLabel + escaped(expression), escaped(start)])
        PcapngBlock.appendSection(description, into: &buffer)
    }

    private static func limits(_ order: DumpOrder) -> [String] {
        var texts: [String] = []
        if let limit = order.maxBytes { texts.append("at most \(limit) bytes") }
        if let limit = order.maxPackets { texts.append("at most \(limit) packets") }
        if let limit = order.maxSeconds { texts.append("at most \(limit) s") }
        if let length = order.snapLength { texts.append("\(length) bytes of a packet") }
        if let ring = order.ring { texts.append("a ring of \(ring) files") }
        return texts
    }

    /// `text` without control characters and the like.
    private static func escaped(_ text: String) -> String { String { $0.append(escaping: text) } }

    /// "2026-11-21T03:37:49.000000000Z".
    static func isoText(_ time: Timestamp) -> String {
        let seconds = time.seconds
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let date = CivilDate(daysSince1970: Int(days))
        let second = UInt32(seconds - days * 86_400)
        return String { buffer in
            buffer.append(padded: UInt32(clamping: date.year), digits: 4)
            buffer.append(UInt8(ascii: "-"))
            buffer.append(twoDigits: UInt32(date.month))
            buffer.append(UInt8(ascii: "-"))
            buffer.append(twoDigits: UInt32(date.day))
            buffer.append(UInt8(ascii: "T"))
            buffer.append(twoDigits: second / 3_600)
            buffer.append(UInt8(ascii: ":"))
            buffer.append(twoDigits: second / 60 % 60)
            buffer.append(UInt8(ascii: ":"))
            buffer.append(twoDigits: second % 60)
            buffer.append(UInt8(ascii: "."))
            buffer.append(padded: UInt32(time.fraction), digits: 9)
            buffer.append(UInt8(ascii: "Z"))
        }
    }
}
