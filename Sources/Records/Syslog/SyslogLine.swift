import Primitives

/// A log's line as it stands in the file, told apart: the time in brackets, and the text behind it.
struct SyslogLine {
    /// Where the text begins; 0 where the line does not begin with a time.
    let start: Int

    /// Looks at `[DD/Mon/YYYY HH:MM:SS] ` or `[DD/Mon/YYYY HH:MM:SS.mmm] `.
    @inline(__always)
    init(_ line: RawSpan) {
        guard line.byteCount >= 23, line.byte(at: 0) == UInt8(ascii: "["), line.byte(at: 3) == UInt8(ascii: "/"),
            line.byte(at: 7) == UInt8(ascii: "/"), line.byte(at: 15) == UInt8(ascii: ":")
        else {
            start = 0
            return
        }
        if line.byte(at: 21) == UInt8(ascii: "]"), line.byte(at: 22) == UInt8(ascii: " ") {
            start = 23
        } else if line.byteCount >= 27, line.byte(at: 25) == UInt8(ascii: "]"), line.byte(at: 26) == UInt8(ascii: " ") {
            start = 27
        } else {
            start = 0
        }
    }
}

/// The head of a BSD message: `<134>Jul  8 15:39:56 control KerioControl: `. What is the same for all lines of a second
/// is made once.
struct BSDHead: ~Copyable {
    private let priority: UInt32
    private let names: String
    /// The 20 bytes of the time that `bytes` was made for.
    private var day: UInt64 = 0
    private var clock: UInt64 = 0
    private var rest: UInt32 = 0
    private(set) var bytes = ByteBuffer(capacity: 512)

    init(_ sender: SyslogSender) {
        priority = sender.priority
        names = "\(sender.host) \(sender.application): "
    }

    /// Makes the head that belongs to a line whose time was found.
    @inline(__always)
    mutating func turn(to line: RawSpan) {
        let (day, clock, rest) = (line.little64(at: 1), line.little64(at: 9), line.little32(at: 17))
        if day == self.day, clock == self.clock, rest == self.rest { return }
        (self.day, self.clock, self.rest) = (day, clock, rest)
        make(line)
    }

    /// `[08/Jul/2026 15:39:56` becomes `Jul  8 15:39:56`: the day has a blank in place of its zero (RFC 3164, 4.1.2).
    @inline(never)
    private mutating func make(_ line: RawSpan) {
        begin()
        bytes.append(line.extracting(4..<7))
        bytes.append(UInt8(ascii: " "))
        let tens = line.byte(at: 1)
        bytes.append(tens == UInt8(ascii: "0") ? UInt8(ascii: " ") : tens)
        bytes.append(line.byte(at: 2))
        bytes.append(line.extracting(12..<21))
        end()
    }

    /// Makes the head of a time that stands nowhere, of a clock whose form is bracketed.
    mutating func turn(to time: Timestamp, _ clock: inout LineClock, _ scratch: inout ByteBuffer) {
        scratch.removeAll()
        clock.append(time, to: &scratch)
        turn(to: scratch.bytes)
    }

    private mutating func begin() {
        bytes.removeAll()
        bytes.append(UInt8(ascii: "<"))
        bytes.append(decimal: priority)
        bytes.append(UInt8(ascii: ">"))
    }

    private mutating func end() {
        bytes.append(UInt8(ascii: " "))
        bytes.append(names)
    }
}
