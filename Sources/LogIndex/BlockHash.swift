import Primitives

/// Multiplies to 128 bits and folds: both factors decide every bit.
@inline(__always)
func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
}

/// Random-looking numbers, the same for ever: the format's.
enum HashConstant {
    static var a: UInt64 { 0xA076_1D64_78BD_642F }
    static var b: UInt64 { 0xE703_7ED1_A0B4_28DB }
    static var c: UInt64 { 0x8EBC_6AF0_9C88_C6E3 }
    static var d: UInt64 { 0x5899_65CC_7537_4CC3 }
}

extension RawSpan {
    /// The checksum of a record that begins with `start` bytes of which the last eight are the checksum itself.
    func sealingChecksum(from start: Int) -> UInt64 {
        var hash = checksum(from: start)
        for offset in stride(from: 0, to: start - 8, by: 8) {
            hash = folded(hash ^ little64(at: offset), HashConstant.c)
        }
        return hash
    }

    /// A number that tells torn and damaged bytes from whole ones; no protection against who means it. Reads
    /// about 10 bytes a nanosecond.
    func checksum(from start: Int) -> UInt64 {
        var first = HashConstant.a ^ UInt64(byteCount)
        var second = HashConstant.b
        var offset = start
        while offset + 32 <= byteCount {
            first = folded(first ^ little64(at: offset), HashConstant.c ^ little64(at: offset + 8))
            second = folded(second ^ little64(at: offset + 16), HashConstant.d ^ little64(at: offset + 24))
            offset += 32
        }
        while offset + 8 <= byteCount {
            first = folded(first ^ little64(at: offset), HashConstant.c)
            offset += 8
        }
        while offset < byteCount {
            second = folded(second ^ UInt64(byte(at: offset)), HashConstant.d)
            offset += 1
        }
        return folded(first ^ HashConstant.d, second ^ HashConstant.a)
    }
}
