import Netlink
import Primitives
import SystemCalls

/// Opens the socket of a firewall log and binds its groups, and finds out why that failed: the kernel says no with the
/// same number for several reasons.
enum FirewallLogSetup {
    struct Opened: ~Copyable {
        var socket: NetlinkSocket
        var buffer: NetlinkBuffer
        var early: [[UInt8]]
    }

    /// Room for the kernel's largest batch, or for a packet of 64 KiB with its attributes.
    private static let bufferSize = 192 << 10
    /// Datagrams that are kept while the groups are being bound; what comes beyond is a gap, and counted.
    private static let mostEarly = 256

    private static let doing = "opening the firewall's log"

    static func open(_ options: FirewallLogSource.Options, groups: [UInt16]) throws(SourceError) -> Opened {
        guard !groups.isEmpty, groups.count <= FirewallLogSource.mostGroups else {
            throw SourceError(
                doing: doing, reason: "\(groups.count) groups are asked for",
                remedy: "Name 1 to \(FirewallLogSource.mostGroups) log groups.")
        }
        var socket = try openSocket(options)
        var buffer = NetlinkBuffer(capacity: bufferSize)
        var early: [[UInt8]] = []
        for group in groups {
            do throws(NetlinkError) {
                // Bound and set by one message: the kernel hands out no record in between.
                try socket.request(configuration(group, options), buffer: &buffer) { bytes in
                    if early.count < mostEarly { early.append(bytes.withUnsafeBytes { Array($0) }) }
                }
            } catch {
                throw explain(error, group, &socket, &buffer)
            }
        }
        return Opened(socket: socket, buffer: buffer, early: early)
    }

    private static func openSocket(_ options: FirewallLogSource.Options) throws(SourceError) -> NetlinkSocket {
        do throws(NetlinkError) {
            let socket = try NetlinkSocket(.netfilter)
            try socket.setReceiveBuffer(options.receiveBuffer)
            try socket.setReportsOverruns(false)
            return socket
        } catch {
            throw SourceError(doing: doing, reason: "\(error)", remedy: noNetfilter)
        }
    }

    /// NFULNL_MSG_CONFIG with all that an instance can be told.
    private static func configuration(_ group: UInt16, _ options: FirewallLogSource.Options) -> NetlinkRequest {
        var request = NetlinkRequest(.netfilter(subsystem: 4, message: 1, family: 0, resource: group))
        // The numbers of enum nfulnl_attr_config and its commands: bind; copy packets; flags.
        request.append(1, [1])
        let range = UInt32(clamping: max(options.copyRange, 1))
        request.append(2, (0..<4).map { UInt8(truncatingIfNeeded: range >> (24 - 8 * UInt32($0))) } + [2, 0])
        request.append(3, big32: UInt32(clamping: min(max(options.batchSize, 4096), 128 << 10)))
        request.append(4, big32: UInt32(clamping: max(options.flushTime, 1)))
        request.append(5, big32: UInt32(clamping: max(options.threshold, 1)))
        request.append(6, big16: 1)
        return request
    }

    private static let noNetfilter = "The kernel must have NETFILTER_NETLINK_LOG: modprobe nfnetlink_log"

    private static func explain(
        _ error: NetlinkError, _ group: UInt16, _ socket: inout NetlinkSocket, _ buffer: inout NetlinkBuffer
    ) -> SourceError {
        let binding = "binding log group \(group)"
        switch error.errno {
        case .notPermitted where !mayConfigure(&socket, &buffer):
            return SourceError(
                doing: binding, reason: "this process lacks CAP_NET_ADMIN", remedy: Privileges.remedy)
        case .notPermitted, .busy:
            let owner = FirewallLogOwner.of(group).map { " (\($0))" } ?? ""
            return SourceError(
                doing: binding, reason: "another program reads this group already\(owner)",
                remedy: "Stop it, or log to another group: one program can read a group.", isTemporary: true)
        case .invalidArgument:
            return SourceError(doing: binding, reason: "the kernel has no NFLOG", remedy: noNetfilter)
        default:
            return SourceError(doing: binding, reason: "\(error)")
        }
    }

    /// Whether the kernel lets this process configure logs at all: a command for an address family that cannot be is
    /// refused for that reason only by whoever passed the check of privileges.
    private static func mayConfigure(_ socket: inout NetlinkSocket, _ buffer: inout NetlinkBuffer) -> Bool {
        // NFULNL_CFG_CMD_PF_BIND.
        var request = NetlinkRequest(.netfilter(subsystem: 4, message: 1, family: 255))
        request.append(1, [3])
        do throws(NetlinkError) {
            try socket.request(request, buffer: &buffer)
            return true
        } catch {
            return error.errno != .notPermitted
        }
    }
}

/// Who has a log group, as /proc/net/netfilter/nfnetlink_log says it.
enum FirewallLogOwner {
    /// "process 812, ulogd"; nil where nobody can say.
    static func of(_ group: UInt16) -> String? {
        guard let table = try? Paths.contents("/proc/net/netfilter/nfnetlink_log", limit: 1 << 16) else { return nil }
        for line in String(decoding: table, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 2, UInt16(fields[0]) == group else { continue }
            // A port is the number of the process that opened its first netlink socket; else it is any number.
            guard let name = try? Paths.contents("/proc/\(fields[1])/comm", limit: 64) else { return nil }
            return "process \(fields[1]), \(String(decoding: name.filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self))"
        }
        return nil
    }
}
