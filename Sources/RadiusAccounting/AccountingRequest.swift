public import Primitives

/// What an accounting packet tells (RFC 2866, section 5.1).
public enum AccountingStatus: Hashable, Sendable {
    case start
    case stop
    case interim
    /// The client has just begun: none of its sessions is left.
    case on
    /// The client is about to end: the same.
    case off
    /// Tunnels, failures, and what vendors thought of: taken note of, with no effect.
    case other(UInt32)

    init(_ number: UInt32) {
        switch number {
        case 1: self = .start
        case 2: self = .stop
        case 3: self = .interim
        case 7: self = .on
        case 8: self = .off
        default: self = .other(number)
        }
    }
}

/// Addresses of one session: at most eight, in the order in which they were told.
public struct FramedAddresses: Sendable {
    public static let limit = 8

    private var all = InlineArray<8, IPAddress>(repeating: .v4(IPv4Address(0)))
    public private(set) var count = 0
    /// Addresses that found no room.
    public private(set) var refused = 0

    public init() {}

    public subscript(index: Int) -> IPAddress { all[index] }

    public func contains(_ address: IPAddress) -> Bool {
        for index in 0..<count where all[index] == address { return true }
        return false
    }

    /// Adds an address that is not there yet.
    public mutating func add(_ address: IPAddress) {
        guard !contains(address) else { return }
        guard count < FramedAddresses.limit else {
            refused += 1
            return
        }
        all[count] = address
        count += 1
    }

    /// Takes an address away, if it is there; the others keep their order.
    public mutating func remove(_ address: IPAddress) {
        var left = 0
        for index in 0..<count where all[index] != address {
            all[left] = all[index]
            left += 1
        }
        count = left
    }
}

/// The facts of an Accounting-Request: offsets of its texts, values of its numbers. Bytes travel beside it.
public struct AccountingRequest: Sendable {
    public let packet: RadiusPacket
    public private(set) var status = AccountingStatus.other(0)
    /// Empty where nobody is named.
    public private(set) var user = 0..<0
    /// Empty only for Accounting-On and -Off.
    public private(set) var session = 0..<0
    /// NAS-Identifier, else its address as it stands in the packet; empty where it does not say who it is.
    public private(set) var nas = 0..<0
    public private(set) var addresses = FramedAddresses()
    /// Prefixes that no interface identifier makes an address of.
    public private(set) var prefixes = 0
    /// Seconds for which the client has tried to send it.
    public private(set) var delay: UInt32 = 0
    /// Seconds since 1970 of the event itself.
    public private(set) var eventTime: UInt32?
    /// Seconds between interim updates, where the client says so.
    public private(set) var interval: UInt32?
    /// Where Message-Authenticator's value stands.
    public private(set) var messageAuthenticator: Range<Int>?

    /// Reads what a checked packet tells. `packet` is that of `bytes`.
    public init(_ packet: RadiusPacket, _ bytes: RawSpan) throws(RadiusFault) {
        self.packet = packet
        var hasStatus = false
        var interface: UInt64?
        var nasAddress = 0..<0
        var offset = RadiusPacket.headerLength
        while let attribute = packet.next(bytes, &offset) {
            let value = attribute.value
            switch attribute.type {
            case .acctStatusType:
                status = AccountingStatus(try AccountingRequest.number(attribute, bytes))
                hasStatus = true
            case .acctDelayTime: delay = try AccountingRequest.number(attribute, bytes)
            case .eventTimestamp: eventTime = try AccountingRequest.number(attribute, bytes)
            case .acctInterimInterval: interval = try AccountingRequest.number(attribute, bytes)
            case .userName: user = value
            case .acctSessionID: session = value
            case .nasIdentifier: nas = value
            case .nasIPAddress:
                guard value.count == 4 else { throw .value(attribute.type) }
                nasAddress = value
            case .nasIPv6Address:
                guard value.count == 16 else { throw .value(attribute.type) }
                if nasAddress.isEmpty { nasAddress = value }
            case .framedInterfaceID:
                guard value.count == 8 else { throw .value(attribute.type) }
                interface = bytes.big64(at: value.lowerBound)
            case .framedIPAddress, .framedIPv6Address: try addAddress(attribute, bytes)
            case .messageAuthenticator:
                guard value.count == 16 else { throw .value(attribute.type) }
                messageAuthenticator = value
            default: continue
            }
        }
        if nas.isEmpty { nas = nasAddress }
        try addPrefixes(bytes, interface)
        guard hasStatus else { throw .missing(.acctStatusType) }
        switch status {
        case .start, .stop, .interim: guard !session.isEmpty else { throw .missing(.acctSessionID) }
        case .on, .off, .other: break
        }
    }

    /// Framed-IP-Address may say that somebody else chooses (RFC 2865, section 5.8): that is no address.
    private mutating func addAddress(_ attribute: RadiusAttribute, _ bytes: RawSpan) throws(RadiusFault) {
        let start = attribute.value.lowerBound
        if attribute.type == .framedIPAddress {
            guard attribute.value.count == 4 else { throw .value(attribute.type) }
            let number = bytes.big32(at: start)
            if number != 0, number < 0xFFFF_FFFE { addresses.add(.v4(IPv4Address(number))) }
        } else {
            guard attribute.value.count == 16 else { throw .value(attribute.type) }
            add(IPv6Address(high: bytes.big64(at: start), low: bytes.big64(at: start + 8)))
        }
    }

    private mutating func add(_ address: IPv6Address) {
        if let mapped = address.mapped {
            addresses.add(.v4(mapped))
        } else if address.number != 0 {
            addresses.add(.v6(address))
        }
    }

    /// A prefix is an address where it has all 128 bits, or 64 and an interface identifier (RFC 3162).
    private mutating func addPrefixes(_ bytes: RawSpan, _ interface: UInt64?) throws(RadiusFault) {
        var offset = RadiusPacket.headerLength
        while let attribute = packet.next(bytes, &offset) {
            guard attribute.type == .framedIPv6Prefix else { continue }
            let value = attribute.value
            guard 2...18 ~= value.count else { throw .value(.framedIPv6Prefix) }
            let length = Int(bytes.byte(at: value.lowerBound + 1))
            guard length <= 128, (length + 7) / 8 <= value.count - 2 else { throw .value(.framedIPv6Prefix) }
            var number: UInt128 = 0
            for place in 0..<16 {
                let at = value.lowerBound + 2 + place
                number = number << 8 | UInt128(at < value.upperBound ? bytes.byte(at: at) : 0)
            }
            if length == 128 {
                add(IPv6Address(number))
            } else if length == 64, let interface {
                add(IPv6Address(high: UInt64(truncatingIfNeeded: number >> 64), low: interface))
            } else {
                prefixes += 1
            }
        }
    }

    private static func number(_ attribute: RadiusAttribute, _ bytes: RawSpan) throws(RadiusFault) -> UInt32 {
        guard attribute.value.count == 4 else { throw .value(attribute.type) }
        return bytes.big32(at: attribute.value.lowerBound)
    }
}
