import Primitives

/// A netlink message as the kernel writes it.
func message(type: UInt16, flags: UInt16 = 0, _ payload: [UInt8]) -> [UInt8] {
    var buffer = ByteBuffer(capacity: 64)
    buffer.appendLittle(UInt32(payload.count + 16))
    buffer.appendLittle(type)
    buffer.appendLittle(flags)
    buffer.appendLittle(UInt64(0))
    for byte in payload { buffer.append(byte) }
    while buffer.count % 4 != 0 { buffer.append(0 as UInt8) }
    return buffer.bytes.withUnsafeBytes { Array($0) }
}

/// An attribute as the kernel writes it; `length` may lie.
func attribute(_ type: UInt16, _ value: [UInt8], length: Int? = nil) -> [UInt8] {
    let total = UInt16(truncatingIfNeeded: length ?? value.count + 4)
    return [UInt8(truncatingIfNeeded: total), UInt8(total >> 8), UInt8(truncatingIfNeeded: type), UInt8(type >> 8)]
        + value + [UInt8](repeating: 0, count: -value.count & 3)
}

/// A number in network order.
func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
}
