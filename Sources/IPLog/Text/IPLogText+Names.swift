import Primitives

// Addresses, ports and names that came with a record.

extension IPLogText {
    /// Appends an address, or the host's name.
    @inline(__always)
    mutating func append(_ address: IPv4Address, _ layout: IPLogLayout, to out: inout ByteBuffer) {
        if options.namesHosts || address.number == 0xFEDC_BA98 { return appendNamed(address, layout, to: &out) }
        out.append(address)
    }

    private mutating func appendNamed(_ address: IPv4Address, _ layout: IPLogLayout, to out: inout ByteBuffer) {
        // An address that 5.x knows by heart, for its own tests.
        if address.number == 0xFEDC_BA98, layout.generation == .five { return out.append("test.host.dots") }
        guard options.namesHosts else { return out.append(address) }
        if hosts.append(address, to: &out) {
            guard layout.bracketsAddresses else { return }
            out.append(UInt8(ascii: "["))
            out.append(address)
            return out.append(UInt8(ascii: "]"))
        }
        if layout.generation == .five, let network = tables.network(address.number) {
            return out.append(escaping: network)
        }
        out.append(address)
    }

    /// Appends an IPv6 address as inet_ntop(3) writes it: one that only ends in an IPv4 address shows that.
    mutating func append(_ address: IPv6Address, to out: inout ByteBuffer) {
        if address.high == 0, address.low >> 32 == 0, address.low > 0xFFFF {
            out.append("::")
            return out.append(IPv4Address(UInt32(truncatingIfNeeded: address.low)))
        }
        out.append(address)
    }

    mutating func append(_ address: IPAddress, _ layout: IPLogLayout, to out: inout ByteBuffer) {
        switch address {
        case .v4(let address): append(address, layout, to: &out)
        case .v6(let address): append(address, to: &out)
        }
    }

    /// Appends `,80`, or the name of the service.
    @inline(__always)
    mutating func append(port: UInt16, protocol number: UInt8, to out: inout ByteBuffer) {
        out.append(UInt8(ascii: ","))
        if options.namesHosts, !options.numericPorts, tables.append(port: port, protocol: number, to: &out) { return }
        out.append(decimal: UInt32(port))
    }

    /// Appends the bytes of a name before its first zero.
    @inline(__always)
    func append(_ name: IPLogName, to out: inout ByteBuffer) {
        let count = name.count
        let isPlain = name.isPrintable(count)
        if !isPlain { return appendEscaped(name, count, to: &out) }
        out.appendLittle(name.low)
        out.appendLittle(name.high)
        out.truncate(to: out.count - 16 + count)
    }

    @inline(never)
    private func appendEscaped(_ name: IPLogName, _ count: Int, to out: inout ByteBuffer) {
        for place in 0..<count {
            let byte = name[place]
            if 0x20...0x7E ~= byte {
                out.append(byte)
            } else {
                out.append("\\x")
                out.append(hex: UInt64(byte), digits: 2)
            }
        }
    }
}

extension IPLogName {
    /// Whether the first `count` bytes are printable ASCII.
    @inline(__always)
    func isPrintable(_ count: Int) -> Bool {
        // Zeros behind the name are let through by giving them a blank.
        let low = padded(self.low, from: count)
        let high = padded(self.high, from: count - 8)
        return Self.isPrintable(low) && Self.isPrintable(high)
    }

    @inline(__always)
    private func padded(_ word: UInt64, from count: Int) -> UInt64 {
        if count >= 8 { return word }
        let blanks: UInt64 = 0x2020_2020_2020_2020
        if count <= 0 { return blanks }
        let mask = UInt64.max << UInt64(truncatingIfNeeded: count * 8)
        return word & ~mask | blanks & mask
    }

    /// Whether each byte is in 0x20 ... 0x7E, all eight at once.
    @inline(__always)
    private static func isPrintable(_ word: UInt64) -> Bool {
        let highs: UInt64 = 0x8080_8080_8080_8080
        let low = word &- 0x2020_2020_2020_2020
        let above = word &+ 0x0101_0101_0101_0101
        // No borrow can hide: a byte below 0x20 sets its own high bit first.
        return (word | low | above) & highs == 0
    }
}

extension IPLogLayout {
    /// Whether `-n` shows the address behind the name.
    var bracketsAddresses: Bool {
        switch self {
        case .v340, .v34, .v41: true
        case .manualPage, .manualPageLongNames, .v32, .v50, .v51: false
        }
    }
}
