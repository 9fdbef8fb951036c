public import Primitives

extension RecordBatch {
    /// Appends a packet as a record, its bytes being those of `frame`. Allocates nothing.
    public mutating func append(_ packet: LoggedPacket, _ bytes: RawSpan, at time: Timestamp, _ writing: IPLogWriting) {
        let header = IPLogHeader(time: time)
        buffer.append(header, packet.record, packet: bytes.extracting(packet.bytes), writing)
        end(packet.key)
    }

    /// Appends a translation, which is never merged.
    public mutating func append(_ record: IPLogTranslationRecord, at time: Timestamp, _ writing: IPLogWriting) {
        buffer.append(IPLogHeader(time: time), record, writing)
        end(nil)
    }

    /// Appends a state, which is never merged.
    public mutating func append(_ record: IPLogStateRecord, at time: Timestamp, _ writing: IPLogWriting) {
        buffer.append(IPLogHeader(time: time), record, writing)
        end(nil)
    }
}
