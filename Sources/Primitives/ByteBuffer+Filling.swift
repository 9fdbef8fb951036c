extension ByteBuffer {
    /// Appends what `fill` writes into the room of `most` bytes that it is given; it says how many bytes it wrote,
    /// from 0 to `most`. The room's bytes are not set beforehand. For libraries and system calls that write to memory.
    public mutating func append<Failure: Error>(
        atMost most: Int, fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        precondition(most >= 0, "room is not negative")
        reserve(most)
        let written = unsafe try fill(UnsafeMutableRawBufferPointer(start: base + count, count: most))
        precondition(written >= 0 && written <= most, "no more can be written than there was room for")
        advance(written)
    }

    /// Takes away the first `gone` bytes; the others move to the front.
    public mutating func removeFirst(_ gone: Int) {
        precondition(gone >= 0 && gone <= count, "only bytes that are there can go")
        guard gone > 0 else { return }
        let rest = count - gone
        unsafe base.copyMemory(from: base + gone, byteCount: rest)
        truncate(to: rest)
    }
}
