public import PacketDecoding
import Primitives

/// A packet as it goes into an ipl log: what is said of it, which of its bytes are kept, and what makes another one
/// the same. Made of what the decoder found; costs a few loads.
///
/// The headers are kept whole: IP's with its options or extension headers, and, unless it is a later fragment, 20
/// bytes of TCP, 8 of UDP and ICMPv6, 28 of ICMP, 36 of its errors (16 of ICMPv6's). Of what is behind them at most
/// `mostBody` bytes, where bodies are logged at all.
public struct LoggedPacket {
    /// Bytes of a packet's body that are kept at most.
    public static var mostBody: Int { 128 }

    public var record: IPLogFilterRecord
    /// Nil where the packet never is the same as another: later fragments.
    public var key: SuppressionKey?
    /// The kept bytes: headers and body, in the frame.
    public var bytes: Range<Int>

    /// Nil where the frame holds no packet of IP. `interface` is the kernel's name.
    public init?(
        _ frame: Frame, _ layers: Layers, _ bytes: RawSpan, interface: IPLogName, logsBody: Bool = false
    ) {
        guard !layers.present.isDisjoint(with: .ip) else { return nil }
        let start = Int(layers.networkOffset)
        let isIPv4 = layers.present.contains(.ipv4)
        guard start >= 0, bytes.holds(isIPv4 ? 20 : 40, at: start) else { return nil }
        let extent = Extent(layers, bytes, start: start)
        let body = logsBody ? min(extent.end - extent.headersEnd, Self.mostBody) : 0
        self.bytes = start..<extent.headersEnd + body
        let direction: UInt8 =
            switch frame.direction {
            case .incoming: 0
            case .outgoing: 1
            case .unknown: 0xFF
            }
        record = IPLogFilterRecord(
            interface: interface, rule: Self.rule(layers), flags: Self.flags(layers, direction, logsBody),
            packetFlags: Self.packetFlags(layers, bytes, extent), group: Self.group(layers, bytes),
            headerLength: UInt8(truncatingIfNeeded: extent.headersEnd - start),
            bodyLength: UInt16(truncatingIfNeeded: body), direction: direction,
            // AF_INET and AF_INET6 of Linux.
            family: isIPv4 ? 2 : 10)
        key = nil
        if !layers.present.contains(.laterFragment) {
            key = SuppressionKey(record, frame, layers, bytes, transport: extent.transport)
        }
    }

    /// The rule's number from 0: what a log prefix calls `@0:5` is what ipmon prints as `@0:5`, number 4.
    private static func rule(_ layers: Layers) -> UInt32 {
        layers.present.contains(.ruleNumber) ? layers.ruleNumber &- 1 : IPLogFilterRecord.noRule
    }

    /// The group by name; group 0 is the one without a name.
    private static func group(_ layers: Layers, _ bytes: RawSpan) -> IPLogName {
        guard layers.present.contains(.ruleNumber) else { return .none }
        let (start, length) = (Int(layers.ruleGroupOffset), Int(layers.ruleGroupLength))
        guard bytes.holds(length, at: start) else { return .none }
        var name = IPLogName()
        if length == 1, bytes.byte(at: start) == UInt8(ascii: "0") { return name }
        for place in 0..<min(length, 16) { name[place] = bytes.byte(at: start + place) }
        return name
    }

    /// A rule that logs and decides has its command; one that only logs, and packet logging, have none.
    private static func flags(_ layers: Layers, _ direction: UInt8, _ logsBody: Bool) -> UInt32 {
        var flags = IPLogFlags.log
        if layers.present.contains(.verdict) {
            flags |= layers.verdict == .pass ? IPLogFlags.pass : IPLogFlags.block
        }
        if logsBody { flags |= IPLogFlags.logBody }
        if direction == 0 { flags |= IPLogFlags.incoming }
        if direction == 1 { flags |= IPLogFlags.outgoing }
        return flags
    }

    private static func packetFlags(_ layers: Layers, _ bytes: RawSpan, _ extent: Extent) -> UInt32 {
        var flags: UInt32 = 0
        let isFragment = layers.present.contains(.fragment)
        let isLater = layers.present.contains(.laterFragment)
        if layers.protocolNumber == IPProtocol.tcp || layers.protocolNumber == IPProtocol.udp {
            flags |= IPLogPacketFlags.tcpOrUDP
        }
        if extent.hasOptions {
            flags |= layers.present.contains(.ipv4) ? IPLogPacketFlags.options : IPLogPacketFlags.extensionHeaders
        }
        if isFragment { flags |= IPLogPacketFlags.fragment }
        if isLater { flags |= IPLogPacketFlags.fragmentBody }
        if extent.isShort { flags |= IPLogPacketFlags.short }
        if layers.present.contains(.icmp), extent.isError { flags |= IPLogPacketFlags.icmpError }
        return flags | Self.castFlags(layers, bytes)
    }

    /// To whom the link sent it; where the link does not say, to whom the address does.
    private static func castFlags(_ layers: Layers, _ bytes: RawSpan) -> UInt32 {
        if layers.present.contains(.destinationMAC), bytes.holds(6, at: Int(layers.destinationMAC)) {
            let place = Int(layers.destinationMAC)
            let (high, low) = (bytes.big16(at: place), bytes.big32(at: place + 2))
            if high == .max, low == .max { return IPLogPacketFlags.linkBroadcast | IPLogPacketFlags.broadcast }
            return high & 0x100 != 0 ? IPLogPacketFlags.linkBroadcast | IPLogPacketFlags.multicast : 0
        }
        if layers.present.contains(.ipv4) {
            if layers.destination4 == .max { return IPLogPacketFlags.broadcast }
            return layers.destination4 >> 28 == 0xE ? IPLogPacketFlags.multicast : 0
        }
        return bytes.byte(at: Int(layers.networkOffset) + 24) == 0xFF ? IPLogPacketFlags.multicast : 0
    }
}

/// Where a packet's headers and the packet itself end.
struct Extent {
    /// The first byte above IP, as far as it is there.
    var transport: Int
    var headersEnd: Int
    /// The packet's end, or that of what was captured.
    var end: Int
    /// IP options, or extension headers.
    var hasOptions: Bool
    /// The packet itself, and not its capture, is too short for its headers.
    var isShort = false
    /// An ICMP error about another packet.
    var isError = false

    /// The longest headers: their length is one byte.
    private static let most = 255

    init(_ layers: Layers, _ bytes: RawSpan, start: Int) {
        let isIPv4 = layers.present.contains(.ipv4)
        let least = isIPv4 ? 20 : 40
        let wholeEnd = start + Int(layers.totalLength)
        end = max(min(bytes.byteCount, wholeEnd), start + least)
        let above = layers.present.contains(.upperProtocol) ? Int(layers.transportOffset) : start + least
        transport = min(max(above, start + least), end)
        hasOptions = transport > start + least
        headersEnd = transport
        guard layers.present.contains(.upperProtocol), !layers.present.contains(.laterFragment) else {
            close(start)
            return
        }
        let (kept, needed) = keptAbove(layers, isIPv4)
        headersEnd = transport + min(kept, end - transport)
        isShort = needed > 0 && wholeEnd - above < needed
        close(start)
    }

    private mutating func close(_ start: Int) {
        headersEnd = min(headersEnd, start + Self.most)
    }

    /// Bytes that are kept above IP, and those that must be there.
    private mutating func keptAbove(_ layers: Layers, _ isIPv4: Bool) -> (kept: Int, needed: Int) {
        switch layers.protocolNumber {
        case IPProtocol.tcp: return (20, 20)
        case IPProtocol.udp: return (8, 8)
        case IPProtocol.icmp where isIPv4:
            isError = [3, 4, 5, 11, 12].contains(layers.icmpType)
            return (layers.present.contains(.icmp) && isError ? 36 : 28, 8)
        case IPProtocol.icmp6 where !isIPv4:
            isError = layers.icmpType < 128
            return (layers.present.contains(.icmp) && isError ? 16 : 8, 8)
        default: return (0, 0)
        }
    }
}
