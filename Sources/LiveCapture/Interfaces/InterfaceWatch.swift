import Netlink
import Primitives

/// The interfaces of this machine, followed live: added, renamed, removed, up, down, with their addresses.
///
/// For a control thread: it allocates. Needs no privilege. What the kernel had to throw away because nobody read it in
/// time is asked for again as a whole.
public struct InterfaceWatch: ~Copyable {
    /// How often a list that changed while it was being read is asked for again.
    private static let mostAttempts = 8

    private var socket: NetlinkSocket
    private var buffer = NetlinkBuffer(capacity: 64 << 10)
    private var table: InterfaceTable
    /// What the last call gave; nil before the first.
    private var told: [NetworkInterface]?

    /// How often the kernel threw changes away, and everything was asked for again.
    public private(set) var resyncs = 0

    /// Subscribes to changes of the calling thread's network, then reads what is there: nothing is missed in between.
    /// `receiveBuffer` is what may wait, in the kernel's bytes.
    public init(receiveBuffer: Int = 1 << 20) throws(SourceError) {
        var opened = try InterfaceWatch.open(receiveBuffer: receiveBuffer, subscribed: true)
        table = try InterfaceWatch.all(&opened, &buffer)
        socket = opened
    }

    /// The whole list, by index, once something in it has changed; nil where nothing has within `milliseconds`. The
    /// first call gives the list at once.
    public mutating func next(milliseconds: Int32) throws(SourceError) -> [NetworkInterface]? {
        if told == nil { return tell() }
        do throws(NetlinkError) {
            guard try socket.wait(milliseconds: milliseconds) else { return nil }
        } catch {
            throw InterfaceWatch.failure(error)
        }
        if try takeChanges() {
            resyncs += 1
            table = try InterfaceWatch.all(&socket, &buffer)
        }
        return tell()
    }

    private mutating func tell() -> [NetworkInterface]? {
        let now = table.sorted
        guard told != now else { return nil }
        told = now
        return now
    }

    /// Takes all that waits; true where some of it was lost.
    private mutating func takeChanges() throws(SourceError) -> Bool {
        var isLost = false
        // The table is a value of its own while the buffer's bytes are borrowed.
        var taking = InterfaceTable()
        swap(&taking, &table)
        defer { swap(&taking, &table) }
        do throws(NetlinkError) {
            while true {
                switch try socket.receive(into: &buffer) {
                case .datagram: taking.apply(buffer.bytes)
                case .nothing: return isLost
                case .overrun, .truncated: isLost = true
                case .stranger: continue
                }
            }
        } catch {
            throw InterfaceWatch.failure(error)
        }
    }

    static func open(receiveBuffer: Int, subscribed: Bool) throws(SourceError) -> NetlinkSocket {
        do throws(NetlinkError) {
            let socket = try NetlinkSocket(.route)
            try socket.setReceiveBuffer(receiveBuffer)
            // RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR.
            if subscribed { for group in [1, 5, 9] as [UInt32] { try socket.join(group: group) } }
            return socket
        } catch {
            throw failure(error)
        }
    }

    /// Asks for all links and all addresses. Changes that come in between are taken in their order.
    static func all(
        _ socket: inout NetlinkSocket, _ buffer: inout NetlinkBuffer
    ) throws(SourceError) -> InterfaceTable {
        var table = InterfaceTable()
        for _ in 0..<mostAttempts {
            table = InterfaceTable()
            var isWhole = true
            // RTM_GETLINK with struct ifinfomsg, RTM_GETADDR with struct ifaddrmsg.
            for (message, size) in [(18, 16), (22, 8)] as [(UInt16, Int)] {
                let request = NetlinkRequest(.route(message: message, family: 0, headerSize: size), isDump: true)
                do throws(NetlinkError) {
                    let answer = try socket.request(request, buffer: &buffer) { table.apply($0) }
                    if answer.isInterrupted || answer.hasOverrun { isWhole = false }
                } catch {
                    throw failure(error)
                }
            }
            if isWhole { break }
        }
        return table
    }

    private static func failure(_ error: NetlinkError) -> SourceError {
        SourceError(doing: "watching the interfaces", reason: "\(error)", isTemporary: true)
    }
}

extension NetworkInterface {
    /// The interfaces of the calling thread's network as they are now, by index. Allocates.
    public static func all() throws(SourceError) -> [NetworkInterface] {
        var socket = try InterfaceWatch.open(receiveBuffer: 1 << 20, subscribed: false)
        var buffer = NetlinkBuffer(capacity: 64 << 10)
        return try InterfaceWatch.all(&socket, &buffer).sorted
    }
}
