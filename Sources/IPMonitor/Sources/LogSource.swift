import IPLog
import Primitives
import SystemCalls

/// A unit's log that is read: a file, a pipe, a device, or the daemon's socket. Holds what was read of a record that
/// is not whole yet.
final class LogSource {
    let unit: IPLogUnit
    let path: String
    /// How its bytes come.
    let kind: Kind
    var reader: IPLogReader
    /// The number that the next record should have.
    var expected: UInt32 = 0
    /// No more comes.
    var isOver = false
    /// It ended for now; with `-t` it is asked again a second later.
    var isResting = false
    /// Bytes that were read and not used: from `used` on.
    private(set) var buffer = ByteBuffer(capacity: LogSource.capacity)
    var used = 0
    private let file: FileDescriptor
    private let connection: Connection?
    private var isAsked = false

    enum Kind {
        /// Read without waiting.
        case file
        /// A device, a pipe or a terminal: there when the kernel says so.
        case stream
        /// Asked for records, which come in answers.
        case socket
    }

    /// Holds what an optional cannot.
    private final class Connection {
        let socket: Socket

        init(_ path: String) throws(SystemCallError) { socket = try Socket.connected(sequencedTo: path) }
    }

    /// What one attempt to read brought.
    enum Arrival {
        case bytes, nothing, end
    }

    /// Bytes that are read at once: several times the longest record.
    static let capacity = 256 << 10

    init(_ unit: IPLogUnit, _ path: String, _ layout: IPLogLayout?) throws(SystemCallError) {
        self.unit = unit
        self.path = path
        reader = IPLogReader(unit: unit, layout: layout)
        if path == "-" {
            file = .standardInput
            connection = nil
            kind = try file.status().kind == .regular ? .file : .stream
            return
        }
        if try Paths.status(path)?.isSocket == true {
            connection = try Connection(path)
            file = .standardInput
            kind = .socket
            return
        }
        connection = nil
        file = try FileDescriptor(opening: path, for: .read)
        let status = try file.status()
        if status.kind == .directory { throw SystemCallError(errno: .isADirectory, call: "read", path: path) }
        kind = status.kind == .regular ? .file : .stream
    }

    /// Bytes were read, and none of them was a record of a known layout.
    var isUnknown: Bool { reader.layout == nil && reader.base + Int64(buffer.count) > 0 }

    /// What to poll.
    var number: Int32 { connection?.socket.number ?? file.number }

    /// Asks the daemon for records, where nothing was asked or it has been answered.
    func ask() throws(SystemCallError) {
        guard let connection, !isAsked else { return }
        var question = ByteBuffer(capacity: 16)
        SocketQuestion.read(Self.capacity).append(to: &question)
        _ = try connection.socket.send(question.bytes)
        isAsked = true
    }

    /// Reads once, behind what is there. Throws what the kernel or the daemon says.
    func fill() throws(SystemCallError) -> Arrival {
        compact()
        let before = buffer.count
        var answered = true
        try buffer.append(atMost: Self.capacity) { room throws(SystemCallError) in
            if let connection {
                guard let count = try connection.socket.receive(into: room, waits: false) else {
                    answered = false
                    return 0
                }
                return count
            }
            return try file.read(into: room)
        }
        if !answered { return .nothing }
        let count = buffer.count - before
        guard count > 0 else { return .end }
        if kind == .socket {
            isAsked = false
            if let refusal = SocketRefusal(buffer.bytes.extracting(before...)) {
                buffer.truncate(to: before)
                throw SystemCallError(errno: Errno(rawValue: refusal.errno), call: refusal.reason, path: path)
            }
        }
        return .bytes
    }

    /// Begins anew where the file was cut since.
    func restartIfCut() throws(SystemCallError) {
        guard kind == .file else { return }
        let size = try file.status().size
        guard size < reader.base + Int64(buffer.count) else { return }
        try file.rewind()
        buffer.removeAll()
        used = 0
        reader.base = 0
    }

    private func compact() {
        guard used > 0 else { return }
        reader.base += Int64(used)
        buffer.removeFirst(used)
        used = 0
    }
}
