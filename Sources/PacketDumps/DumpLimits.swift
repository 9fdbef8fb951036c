/// What a dump may not exceed, whoever asks for it.
public enum DumpLimits {
    /// Bytes of a dump's name.
    public static let nameLength = 64
    /// Dumps that run at one time.
    public static let running = 32
    /// Dumps in the folder, running and finished.
    public static let dumps = 1_000
    /// Files of a ring.
    public static let ring = 1_000
    /// The least bytes that one file may be limited to: what its head and its end need, and some packets.
    public static let fileBytes: UInt64 = 8 << 10
    /// Bytes of an expression that a file's head quotes; longer ones are cut there, and kept beside the files.
    public static let quotedExpression = 60_000
    /// Bytes of an expression.
    public static let expression = 16 << 20
    /// Bytes of who started a dump.
    public static let actor = 1_024
    /// Interfaces that one dump tells apart; packets of further ones are of a nameless one of their link type.
    public static let interfaces = 4_000
    /// Bytes that a worker gathers before it hands them to the writer.
    public static let chunkBytes = 256 << 10
    /// Chunks of all dumps together, beside `chunksEach` for each producer: 32 MiB on their way to the disk.
    public static let chunks = 128
    /// Chunks that each producer adds.
    public static let chunksEach = 2
}
