public import Primitives

/// What a reader asks of a unit's socket where there is no device, one sequenced packet each, and is answered by one.
/// Numbers are of 32 bits, lowest byte first.
///
///     R length   as read(2): whole records that fit into `length` bytes; waits for the first; empty where it does not fit
///     N          as FIONREAD: the number of bytes that wait
///     F          as SIOCIPFFB: the number of bytes that were thrown away
///
/// A refusal is a negative errno and a sentence behind it. One connection reads a unit; the others may ask N and F.
public enum SocketQuestion: Hashable, Sendable {
    case read(Int)
    case waiting
    case flush

    /// The longest question.
    public static let size = 5

    /// Reads a question; nil where it is none.
    public init?(_ bytes: RawSpan) {
        guard bytes.byteCount > 0 else { return nil }
        switch (bytes.byte(at: 0), bytes.byteCount) {
        case (UInt8(ascii: "R"), 5): self = .read(Int(bytes.little32(at: 1)))
        case (UInt8(ascii: "N"), 1): self = .waiting
        case (UInt8(ascii: "F"), 1): self = .flush
        default: return nil
        }
    }

    /// Appends the question as it is sent.
    public func append(to buffer: inout ByteBuffer) {
        switch self {
        case .read(let length):
            buffer.append(UInt8(ascii: "R"))
            buffer.appendLittle(UInt32(clamping: length))
        case .waiting: buffer.append(UInt8(ascii: "N"))
        case .flush: buffer.append(UInt8(ascii: "F"))
        }
    }
}

/// A question that was not answered: an errno and a sentence for people.
public struct SocketRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    public var errno: Int32
    public var reason: String

    public init(errno: Int32, reason: String) {
        self.errno = errno
        self.reason = reason
    }

    /// Reads an answer: nil where it is none of refusal. No record begins with such a number.
    public init?(_ answer: RawSpan) {
        guard answer.byteCount >= 4 else { return nil }
        let number = Int32(bitPattern: answer.little32(at: 0))
        guard (-4095 ... -1).contains(number) else { return nil }
        errno = -number
        var text = ByteBuffer(capacity: 128)
        text.append(escaping: answer.extracting(4..<answer.byteCount))
        reason = text.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Appends the refusal as it is sent.
    public func append(to buffer: inout ByteBuffer) {
        buffer.appendLittle(-errno)
        buffer.append(reason)
    }

    public var description: String { reason }
}
