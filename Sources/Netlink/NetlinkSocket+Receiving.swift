import CMnl
import SystemCalls

/// What receiving brought.
public enum NetlinkReception: Hashable, Sendable {
    /// The buffer holds a datagram.
    case datagram
    /// A datagram came that is longer than the room for it; it is gone.
    case truncated
    /// Nothing is there.
    case nothing
    /// The kernel found no room in the socket's buffer since the last call, and threw messages away.
    case overrun
    /// A datagram came that is not from the kernel; it is not in the buffer.
    case stranger
}

extension NetlinkSocket {
    /// Waits until something can be received, `milliseconds` at most; false where nothing came.
    public func wait(milliseconds: Int32) throws(NetlinkError) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let count = unsafe poll(&request, 1, milliseconds)
        if count == -1 {
            // A signal: whoever waits looks at its orders first.
            if Errno.last == .interrupted { return false }
            throw NetlinkError(.receiving, .last)
        }
        return count > 0
    }

    /// Takes one datagram, without waiting. One system call.
    public func receive(into buffer: inout NetlinkBuffer) throws(NetlinkError) -> NetlinkReception {
        buffer.count = 0
        return try receive(behind: &buffer)
    }

    /// Takes one datagram behind what the buffer holds, without waiting. Where it was cut off, nothing is kept.
    public func receive(behind buffer: inout NetlinkBuffer) throws(NetlinkError) -> NetlinkReception {
        var sender: UInt32 = 0
        // Messages are aligned to four bytes wherever they stand.
        let start = (buffer.count + 3) & ~3
        let room = buffer.capacity - start
        guard room > 0 else { return .truncated }
        let count = unsafe gatelog_netlink_receive(descriptor, buffer.base + start, room, &sender)
        if count < 0 {
            switch Errno.last {
            case .wouldBlock, .interrupted: return .nothing
            case .noBufferSpace: return .overrun
            case let reason: throw NetlinkError(.receiving, reason)
            }
        }
        guard sender == 0 else { return .stranger }
        guard count <= room else { return .truncated }
        buffer.count = start + count
        return .datagram
    }
}

extension Errno {
    /// errno itself: libmnl reports failures as system calls do.
    static var last: Errno { Errno(rawValue: gatelog_netlink_errno()) }
}
