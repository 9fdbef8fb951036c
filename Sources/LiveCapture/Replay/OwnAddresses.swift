public import PacketDecoding
public import Primitives

/// The addresses of the interface that a recording was made on, which tell the direction of its packets where the file
/// does not: what bears an own address as its source was sent, what has one as its destination was received.
///
/// A gateway forwards packets that bear neither. Their frames still have its hardware address; where that is not known
/// either, the networks on the interface tell: what comes from there was received, what goes there was sent.
public struct OwnAddresses: Hashable, Sendable {
    private let hardware: [UInt64]
    private let v4: [UInt32]
    private let v6: [UInt128]
    private let networks4: NumberRanges<UInt32>
    private let networks6: NumberRanges<UInt128>

    /// - Parameter networks: those that are reached through the interface, without a way that leads everywhere.
    public init(hardware: [MACAddress] = [], addresses: [IPAddress] = [], networks: [AddressRange] = []) {
        self.hardware = Set(hardware.map(\.number)).sorted()
        var v4: Set<UInt32> = []
        var v6: Set<UInt128> = []
        for address in addresses {
            switch address {
            case .v4(let address): v4.insert(address.number)
            case .v6(let address): v6.insert(address.number)
            }
        }
        self.v4 = v4.sorted()
        self.v6 = v6.sorted()
        var networks4 = NumberRanges<UInt32>()
        var networks6 = NumberRanges<UInt128>()
        for network in networks {
            switch (network.lower, network.upper) {
            case (.v4(let lower), .v4(let upper)): networks4.append(lower.number, upper.number)
            case (.v6(let lower), .v6(let upper)): networks6.append(lower.number, upper.number)
            default: break
            }
        }
        self.networks4 = networks4
        self.networks6 = networks6
    }

    public var isEmpty: Bool { hardware.isEmpty && v4.isEmpty && v6.isEmpty && networks4.isEmpty && networks6.isEmpty }

    /// The direction of a frame; `.unknown` where its addresses do not tell. Reads Ethernet and raw IP, and behind
    /// VLAN tags.
    public func direction(of frame: Frame, _ bytes: RawSpan) -> FrameDirection {
        switch frame.linkType {
        case .ethernet: ethernet(bytes)
        case .raw, .rawBSD, .rawOpenBSD, .ipv4, .ipv6: network(bytes, at: 0)
        default: .unknown
        }
    }

    private func ethernet(_ bytes: RawSpan) -> FrameDirection {
        guard bytes.byteCount >= 14 else { return .unknown }
        if !hardware.isEmpty {
            let destination = bytes.big64(at: 0) >> 16
            let source = bytes.big64(at: 4) & 0xFFFF_FFFF_FFFF
            if hardware.holds(source) { return .outgoing }
            // To everybody, or to a group, and not by us.
            if hardware.holds(destination) || destination >> 40 & 1 == 1 { return .incoming }
        }
        var type = 12
        for _ in 0..<4 where isTag(bytes, at: type) { type += 4 }
        return network(bytes, at: type + 2)
    }

    private func isTag(_ bytes: RawSpan, at offset: Int) -> Bool {
        guard bytes.holds(6, at: offset) else { return false }
        let type = bytes.big16(at: offset)
        return type == 0x8100 || type == 0x88A8 || type == 0x9100
    }

    private func network(_ bytes: RawSpan, at start: Int) -> FrameDirection {
        guard bytes.holds(20, at: start) else { return .unknown }
        switch bytes.byte(at: start) >> 4 {
        case 4:
            let source = bytes.big32(at: start + 12)
            let destination = bytes.big32(at: start + 16)
            if v4.holds(source) { return .outgoing }
            if v4.holds(destination) { return .incoming }
            return between(networks4.include(source), networks4.include(destination))
        case 6:
            guard bytes.holds(40, at: start) else { return .unknown }
            let source = IPv6Address(high: bytes.big64(at: start + 8), low: bytes.big64(at: start + 16)).number
            let destination = IPv6Address(high: bytes.big64(at: start + 24), low: bytes.big64(at: start + 32)).number
            if v6.holds(source) { return .outgoing }
            if v6.holds(destination) { return .incoming }
            return between(networks6.include(source), networks6.include(destination))
        default: return .unknown
        }
    }

    private func between(_ isFromNear: Bool, _ isToNear: Bool) -> FrameDirection {
        isFromNear == isToNear ? .unknown : isFromNear ? .incoming : .outgoing
    }
}

/// A few ranges, side by side.
private struct NumberRanges<Number: FixedWidthInteger & Sendable>: Hashable, Sendable {
    private var lower: [Number] = []
    private var upper: [Number] = []

    var isEmpty: Bool { lower.isEmpty }

    mutating func append(_ lower: Number, _ upper: Number) {
        self.lower.append(lower)
        self.upper.append(upper)
    }

    func include(_ number: Number) -> Bool {
        var index = 0
        while index < lower.count {
            if lower[index] <= number, number <= upper[index] { return true }
            index += 1
        }
        return false
    }
}

extension Array where Element: FixedWidthInteger {
    /// Whether the sorted array has `number`.
    fileprivate func holds(_ number: Element) -> Bool {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] == number { return true }
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return false
    }
}
