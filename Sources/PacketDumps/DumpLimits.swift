/// What a dump may not exceed, whoever asks for it.
public enum DumpLimits {
    /// Bytes of a dump's name.
    /// - Limit: name of a dump | bytes | an error
    public static let nameLength = 64
    /// Dumps that run at one time.
    /// - Limit: dumps that run |  | an error
    public static let running = 32
    /// Dumps in the folder, running and finished.
    /// - Limit: dumps in the folder |  | an error
    public static let dumps = 1_000
    /// Files of a ring.
    /// - Limit: files of a ring |  | an error
    public static let ring = 1_000
    /// The least bytes that one file may be limited to: what its head and its end need, and some packets.
    public static let fileBytes: UInt64 = 8 << 10
    /// Bytes of an expression that a file's head quotes; longer ones are cut there, and kept beside the files.
    /// - Limit: expression in the head of a dump's file | bytes | cut there, whole beside the files
    public static let quotedExpression = 60_000
    /// Bytes of an expression.
    /// - Limit: expression of a dump | bytes | an error
    public static let expression = 16 << 20
    /// Bytes of who started a dump.
    /// - Limit: who started a dump | bytes | an error
    public static let actor = 1_024
    /// Interfaces that one dump tells apart; packets of further ones are of a nameless one of their link type.
    /// - Limit: interfaces of a dump |  | their packets are of a nameless one
    public static let interfaces = 4_000
    /// Bytes that a worker gathers before it hands them to the writer.
    public static let chunkBytes = 256 << 10
    /// Chunks of all dumps together, beside `chunksEach` for each producer: 32 MiB on their way to the disk.
    /// - Limit: chunks of all dumps on their way to the disk | of 256 KiB, and two for each producer | packets are
    ///   counted, and the file says so before the next one
    public static let chunks = 128
    /// Chunks that each producer adds.
    public static let chunksEach = 2
}
