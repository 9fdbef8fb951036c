import LogIndex
import PacketDecoding
import Primitives
import Records

/// Holds the place of LogIndex's builder until that is there: keeps nothing.
struct IndexBlockBuilder: ~Copyable {
    private(set) var count = 0

    init(seed: UInt64) {}

    mutating func append(
        _ record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames, kind: RecordKind, lineLength: Int
    ) { count += 1 }

    mutating func append(kind: RecordKind, time: Timestamp, lineLength: Int) { count += 1 }

    mutating func removeAll() { count = 0 }

    mutating func finish(into buffer: inout ByteBuffer) { count = 0 }
}
