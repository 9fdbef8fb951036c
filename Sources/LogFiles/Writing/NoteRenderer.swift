import Primitives
import Records

/// The lines that a log says about itself, and those that come as text.
struct NoteRenderer: ~Copyable {
    /// A count of suppressed lines is told this often at most, in nanoseconds.
    static let pause: Int64 = 1_000_000_000

    private var clock: LineClock

    init(_ configuration: LogConfiguration) {
        clock = LineClock(zone: configuration.zone, form: configuration.form)
    }

    /// `1 line suppressed`, `12 lines suppressed`.
    mutating func appendSuppressed(_ loss: LineLoss, to text: inout ByteBuffer) {
        clock.append(loss.last, to: &text)
        text.append(decimal: loss.count)
        text.append(loss.count == 1 ? " line suppressed\n" : " lines suppressed\n")
    }

    /// `12 lines lost: the disk was full (from 21/Nov/2026 10:00:00 to 21/Nov/2026 10:00:07)`.
    mutating func appendLost(_ loss: LineLoss, cause: String, to text: inout ByteBuffer) {
        clock.append(loss.last, to: &text)
        text.append(decimal: loss.count)
        text.append(loss.count == 1 ? " line lost: " : " lines lost: ")
        text.append(cause)
        text.append(" (from ")
        clock.appendBare(loss.first, to: &text)
        text.append(" to ")
        clock.appendBare(loss.last, to: &text)
        text.append(")\n")
    }

    /// A line of which the text is given; whatever is no text in it is escaped.
    mutating func append(_ line: String, at time: Timestamp, to text: inout ByteBuffer) {
        clock.append(time, to: &text)
        text.append(escaping: line)
        text.append(UInt8(ascii: "\n"))
    }
}
