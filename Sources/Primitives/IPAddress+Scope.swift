extension IPAddress {
    /// Whether an address is of a network of one's own: RFC 1918, shared (RFC 6598), link-local, unique local (RFC 4193).
    public var isPrivate: Bool {
        switch self {
        case .v4(let address):
            let number = address.number
            return number >> 24 == 10 || number >> 20 == 0xAC1 || number >> 16 == 0xC0A8 || number >> 16 == 0xA9FE
                || number >> 22 == 0x191
        case .v6(let address):
            if let mapped = address.mapped { return IPAddress.v4(mapped).isPrivate }
            return address.high >> 57 == 0x7E || address.high >> 54 == 0x3FA
        }
    }

    /// Whether one host can have it: not the unspecified address, no multicast, no broadcast, not this host itself.
    public var isOfOneHost: Bool {
        switch self {
        case .v4(let address):
            let number = address.number
            return number >> 24 != 0 && number >> 24 != 127 && number >> 28 < 0xE
        case .v6(let address):
            return address.number > 1 && address.high >> 56 != 0xFF
        }
    }
}
