import Crypto
import Primitives

/// MD5 of bytes as they come (RFC 1321), in the terms of this room.
struct MD5Hasher {
    typealias Digest = InlineArray<16, UInt8>

    private var hash = Insecure.MD5()

    mutating func add(_ bytes: RawSpan) { bytes.withUnsafeBytes { hash.update(bufferPointer: $0) } }

    mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { hash.update(bufferPointer: $0) } }

    /// Sixteen zeros: what stands for an authenticator that is still to be made.
    mutating func addZeros() {
        let zeros = Digest(repeating: 0)
        add(zeros.span.bytes)
    }

    func digest() -> Digest {
        var digest = Digest(repeating: 0)
        hash.finalize().withUnsafeBytes { made in
            for place in 0..<min(16, made.count) { digest[place] = made[place] }
        }
        return digest
    }
}

/// HMAC of MD5 (RFC 2104).
struct MD5Authenticator {
    private var inner = MD5Hasher()
    private let outerKey: [UInt8]

    /// The key as both hashes begin with it: 64 bytes, whatever length it has.
    static func pads(of key: [UInt8]) -> (inner: [UInt8], outer: [UInt8]) {
        var block = key
        if block.count > 64 {
            var hash = MD5Hasher()
            hash.add(key)
            let digest = hash.digest()
            block = digest.indices.map { digest[$0] }
        }
        block += [UInt8](repeating: 0, count: 64 - block.count)
        return (block.map { $0 ^ 0x36 }, block.map { $0 ^ 0x5C })
    }

    init(_ pads: (inner: [UInt8], outer: [UInt8])) {
        outerKey = pads.outer
        inner.add(pads.inner)
    }

    mutating func add(_ bytes: RawSpan) { inner.add(bytes) }

    mutating func addZeros() { inner.addZeros() }

    func digest() -> MD5Hasher.Digest {
        var outer = MD5Hasher()
        outer.add(outerKey)
        let middle = inner.digest()
        outer.add(middle.span.bytes)
        return outer.digest()
    }
}
