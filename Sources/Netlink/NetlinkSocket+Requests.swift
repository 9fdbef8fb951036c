import Primitives
import SystemCalls

extension NetlinkSocket {
    /// How long the kernel may take to answer: it answers at once, or is out of order.
    private static var patience: Int64 { 5_000_000_000 }

    /// Sends a request and waits until the kernel has done it, or says why not.
    ///
    /// Datagrams that come in between and are no answer go to `others`, in order: events that began with an earlier
    /// request. A dump gives its messages to `others` as well, and ends with the last one. Throws `.asking` with the
    /// kernel's reason; `isInterrupted` in the result says that a dump was disturbed and must be made again.
    @discardableResult
    public mutating func request(
        _ request: NetlinkRequest, buffer: inout NetlinkBuffer, others: (RawSpan) -> Void = { _ in }
    ) throws(NetlinkError) -> NetlinkAnswer {
        let number = sequence
        sequence &+= 1
        try send(request.bytes(sequence: number))
        var answer = NetlinkAnswer()
        let end = Clocks.monotonic + NetlinkSocket.patience
        while true {
            switch try receive(into: &buffer) {
            case .nothing:
                let left = end - Clocks.monotonic
                guard left > 0 else { throw NetlinkError(.asking, .timedOut) }
                _ = try wait(milliseconds: Int32(clamping: left / 1_000_000 + 1))
            case .datagram:
                if try take(buffer.bytes, number, isDump: request.isDump, &answer, others) { return answer }
            case .overrun, .truncated:
                answer.hasOverrun = true
            case .stranger:
                continue
            }
        }
    }

    /// Whether the datagram ends the answer to request `number`.
    private func take(
        _ bytes: RawSpan, _ number: UInt32, isDump: Bool, _ answer: inout NetlinkAnswer, _ others: (RawSpan) -> Void
    ) throws(NetlinkError) -> Bool {
        var isAnswered = false
        var isOther = false
        var messages = NetlinkMessages(count: bytes.byteCount)
        while let message = messages.next(in: bytes) {
            guard message.sequence == number, message.port == port || message.port == 0 else {
                isOther = true
                continue
            }
            if let reason = message.errorNumber(in: bytes) {
                if reason != 0 { throw NetlinkError(.asking, Errno(rawValue: reason)) }
                isAnswered = true
            } else if message.type == NetlinkMessage.done {
                isAnswered = isAnswered || isDump
            } else {
                isOther = true
            }
            if message.isInterruptedDump { answer.isInterrupted = true }
        }
        if isOther { others(bytes) }
        return isAnswered
    }
}

/// How a request ended that the kernel did not refuse.
public struct NetlinkAnswer: Hashable, Sendable {
    /// A dump was disturbed by a change: what it gave may be neither the old state nor the new one.
    public var isInterrupted = false
    /// Events were lost while the answer was waited for.
    public var hasOverrun = false

    public init() {}
}
