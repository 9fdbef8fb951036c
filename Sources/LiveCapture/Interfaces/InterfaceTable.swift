import Netlink
import Primitives

/// The interfaces as the kernel's messages tell of them (rtnetlink(7)). Pure: bytes go in. A message that is damaged
/// changes nothing.
package struct InterfaceTable {
    /// More interfaces than this are not kept.
    /// - Limit: interfaces of the machine |  | refused and counted
    static let mostInterfaces = 65_536
    /// More addresses of one interface than this are not kept.
    /// - Limit: addresses of an interface |  | refused and counted
    static let mostAddresses = 4_096

    private var interfaces: [UInt32: NetworkInterface] = [:]
    /// Messages that could not be understood.
    package private(set) var malformed = 0
    /// Interfaces and addresses beyond the limits.
    private(set) var refused = 0

    package init() {}

    /// All of them, by index.
    package var sorted: [NetworkInterface] { interfaces.values.sorted { $0.index < $1.index } }

    /// Takes the messages of a datagram.
    package mutating func apply(_ bytes: RawSpan) {
        var messages = NetlinkMessages(count: bytes.byteCount)
        while let message = messages.next(in: bytes) {
            let isUnderstood: Bool
            switch message.type {
            // RTM_NEWLINK, RTM_DELLINK, RTM_NEWADDR, RTM_DELADDR.
            case 16, 17: isUnderstood = applyLink(bytes, message, isGone: message.type == 17)
            case 20, 21: isUnderstood = applyAddress(bytes, message, isGone: message.type == 21)
            default: isUnderstood = true
            }
            if !isUnderstood { malformed += 1 }
        }
        if messages.isDamaged { malformed += 1 }
    }

    private mutating func applyLink(_ bytes: RawSpan, _ message: NetlinkMessage, isGone: Bool) -> Bool {
        let start = message.payload.lowerBound
        // struct ifinfomsg: family, hardware type, index, flags.
        guard message.payload.count >= 16, bytes.holds(16, at: start) else { return false }
        // What a bridge says of its ports (AF_BRIDGE) is another matter: a port that leaves it is still there.
        guard bytes.byte(at: start) == 0 else { return true }
        let index = bytes.native32(at: start + 4)
        guard index > 0, index <= UInt32(Int32.max) else { return false }
        if isGone {
            interfaces[index] = nil
            return true
        }
        var link = interfaces[index] ?? NetworkInterface(index: index, name: "")
        link.hardwareType = bytes.native16(at: start + 2)
        // IFF_UP and IFF_RUNNING.
        link.isUp = bytes.native32(at: start + 8) & 0x41 == 0x41
        guard read(NetlinkAttributes(message.payload, after: 16), bytes, into: &link), !link.name.isEmpty else {
            return false
        }
        guard interfaces[index] != nil || interfaces.count < InterfaceTable.mostInterfaces else {
            refused += 1
            return true
        }
        interfaces[index] = link
        return true
    }

    private func read(_ walk: NetlinkAttributes, _ bytes: RawSpan, into link: inout NetworkInterface) -> Bool {
        var walk = walk
        while let attribute = walk.next(in: bytes) {
            switch attribute.type {
            // IFLA_ADDRESS, IFLA_IFNAME, IFLA_LINKINFO.
            case 1:
                link.mac =
                    attribute.value.count == 6 && bytes.holds(6, at: attribute.value.lowerBound)
                    ? MACAddress(in: bytes, at: attribute.value.lowerBound) : nil
            case 3: link.name = attribute.text(in: bytes) ?? ""
            case 18:
                var nested = NetlinkAttributes(attribute.value)
                while let inner = nested.next(in: bytes) {
                    // IFLA_INFO_KIND.
                    if inner.type == 1 { link.linkInfoKind = inner.text(in: bytes) }
                }
                if nested.isDamaged { return false }
            default: break
            }
        }
        return !walk.isDamaged
    }

    private mutating func applyAddress(_ bytes: RawSpan, _ message: NetlinkMessage, isGone: Bool) -> Bool {
        let start = message.payload.lowerBound
        // struct ifaddrmsg: family, prefix length, flags, scope, index.
        guard message.payload.count >= 8, bytes.holds(8, at: start) else { return false }
        let family = bytes.byte(at: start)
        let length = bytes.byte(at: start + 1)
        let index = bytes.native32(at: start + 4)
        // AF_INET, AF_INET6.
        guard family == 2 || family == 10, length <= (family == 2 ? 32 : 128) else { return false }
        var own: IPAddress?
        var other: IPAddress?
        var walk = NetlinkAttributes(message.payload, after: 8)
        while let attribute = walk.next(in: bytes) {
            // IFA_ADDRESS is the other end's where there is IFA_LOCAL.
            if attribute.type == 1 { other = address(attribute, bytes, isIPv4: family == 2) }
            if attribute.type == 2 { own = address(attribute, bytes, isIPv4: family == 2) }
        }
        guard !walk.isDamaged, let found = own ?? other else { return false }
        let entry = NetworkInterface.Address(address: found, prefixLength: length)
        // An address may be told after its interface is gone.
        guard var link = interfaces[index] else { return true }
        if isGone {
            link.addresses.removeAll { $0 == entry }
        } else if !link.addresses.contains(entry) {
            guard link.addresses.count < InterfaceTable.mostAddresses else {
                refused += 1
                return true
            }
            link.addresses.append(entry)
        }
        interfaces[index] = link
        return true
    }

    private func address(_ attribute: NetlinkAttribute, _ bytes: RawSpan, isIPv4: Bool) -> IPAddress? {
        if isIPv4 { return attribute.big32(in: bytes).map { .v4(IPv4Address($0)) } }
        guard attribute.value.count >= 16, let high = attribute.big64(in: bytes) else { return nil }
        return .v6(IPv6Address(high: high, low: bytes.big64(at: attribute.value.lowerBound + 8)))
    }
}
