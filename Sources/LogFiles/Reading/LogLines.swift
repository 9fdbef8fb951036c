public import Primitives

/// Lines of a log that were selected, the oldest first.
public struct LogLines: Sendable {
    /// One line.
    public struct Line: Sendable {
        /// Without its end; whatever bytes stand in the file.
        public var text: [UInt8]
        /// Its record as a JSON object, where it was asked for and is known.
        public var record: [UInt8]?
        /// In front of it.
        public var place: LogPlace
        /// Behind it.
        public var next: LogPlace

        /// The line as text: what is no text in it, or would steer a terminal, is escaped.
        public var string: String {
            var buffer = ByteBuffer(capacity: text.count + 64)
            buffer.append(escaping: text.span.bytes)
            return String(decoding: buffer.bytes.array, as: UTF8.self)
        }

        /// Appends its record, or an object with its text where there is none, without a line end.
        public func appendObject(to buffer: inout ByteBuffer) {
            if let record {
                buffer.append(record.span.bytes)
            } else {
                StoredLineRenderer.append(plain: text.span.bytes, to: &buffer)
            }
        }
    }

    public var lines: [Line] = []
    /// Where these lines begin, and where to go on: with `LogPageStart.before` and `.after`. Nil for an empty log.
    public var first: LogPlace?
    public var next: LogPlace?
    /// Whether there are, or may be, more in the direction of reading.
    public var more = false
    /// Lines that a follower was too slow for, and that come no more.
    public var missed: UInt64 = 0
    /// The log was cleared before these lines, or files that were not read yet were removed.
    public var wasCut = false
    /// What could not be looked at.
    public var losses: [LogLoss] = []
    /// Lines on which the regular expression gave up; they count as not matching.
    public var exhausted = 0

    public init() {}
}

/// Where a page is.
public enum LogPageStart: Hashable, Sendable {
    /// The last lines of the log.
    case end
    /// The first lines of the log.
    case beginning
    /// The first lines behind a place.
    case after(LogPlace)
    /// The last lines before a place.
    case before(LogPlace)
}
