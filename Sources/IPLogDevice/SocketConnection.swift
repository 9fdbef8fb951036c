import IPLog
import Primitives
import SystemCalls

/// Somebody at a unit's socket.
final class SocketConnection {
    private let socket: Socket
    let peer: LocalPeer?
    /// "process 812 (ipmon) of root".
    let name: String
    /// Bytes of the longest answer that the kernel takes.
    let capacity: Int
    /// The length of a read that waits for records.
    var awaited: Int?
    /// To be closed.
    var isOver = false
    /// Messages that are no questions before it is let go.
    var patience = 16

    enum Heard {
        case question(SocketQuestion)
        case rubbish, nothing, end
    }

    init(_ socket: consuming Socket) {
        peer = socket.peer
        name = peer?.description ?? "somebody"
        capacity = Self.widen(socket)
        self.socket = socket
    }

    /// An answer must fit into what the kernel keeps for the other end, with a little for the kernel's own.
    private static func widen(_ socket: borrowing Socket) -> Int {
        let wanted = Int32(RecordQueue.limits.upperBound + 8192)
        do {
            try socket.set(.sendBufferForced, to: wanted)
        } catch {
            try? socket.set(.sendBuffer, to: wanted)
        }
        let size = (try? socket.value(of: .sendBuffer, initial: Int32(0))) ?? 0
        return max(Int(size) - 4096, 4096)
    }

    var number: Int32 { socket.number }

    /// Takes the next message.
    func hear() -> Heard {
        var message = ByteBuffer(capacity: 64)
        do throws(SystemCallError) {
            var count: Int?
            unsafe try message.append(atMost: 16) { room throws(SystemCallError) in
                count = unsafe try socket.receive(into: room, waits: false)
                return count ?? 0
            }
            guard let count else { return .nothing }
            if count == 0 { return .end }
        } catch {
            return .end
        }
        return SocketQuestion(message.bytes).map { .question($0) } ?? .rubbish
    }

    /// Sends an answer. Who does not take answers, or is gone, is let go.
    @discardableResult
    func send(_ answer: borrowing ByteBuffer) -> Bool {
        do {
            if try socket.sendNow(answer.bytes) != nil { return true }
        } catch {}
        isOver = true
        return false
    }
}
