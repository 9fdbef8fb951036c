import Crypto

/// What must not be guessed, and how it is kept.
enum Secret {
    /// Bytes from the kernel's generator (getrandom(2)).
    static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// A text of 256 random bits behind `prefix`, fit for a header of HTTP.
    static func token(_ prefix: String) -> String { prefix + Base64Text.encode(random(32), Base64Text.url) }

    /// What is kept of such a text: it has so many bits that a plain digest cannot be turned back.
    static func digest(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

    /// Whether both are the same, in a time that does not tell where they differ.
    static func equal(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        var difference: UInt8 = 0
        for index in one.indices { difference |= one[index] ^ other[index] }
        return difference == 0
    }
}
