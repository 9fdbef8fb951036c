/// What scrypt (RFC 7914) costs: memory is 128 * r * N bytes, time grows with N * r * p.
public struct ScryptParameters: Hashable, Sendable {
    /// N as a power of two.
    public var logRounds: Int
    /// r: blocks of 128 bytes.
    public var blockSize: Int
    /// p: how often, one after the other.
    public var parallelism: Int

    /// The parameters; nil where they are out of the range that this program computes: at most 256 MiB.
    public init?(logRounds: Int, blockSize: Int, parallelism: Int) {
        guard 1...20 ~= logRounds, 1...32 ~= blockSize, 1...16 ~= parallelism,
            128 * blockSize << logRounds <= 256 << 20
        else { return nil }
        self.logRounds = logRounds
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    private init(_ logRounds: Int, _ blockSize: Int, _ parallelism: Int) {
        self.logRounds = logRounds
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// What new passwords are hashed with: 32 MiB three times over, as hard for who guesses as 128 MiB once, and two at
    /// a time stay below what the daemon may have.
    public static var standard: ScryptParameters { ScryptParameters(15, 8, 3) }

    /// For tests: done in a blink, and worth nothing.
    public static var weak: ScryptParameters { ScryptParameters(4, 8, 1) }
}
