import ExpressionSupport
import LogIndex
import PacketDecoding
import Primitives
import Records
import TestSupport
import Testing

@Suite("Allocations of the index")
struct AllocationTests {
    @Test("Appending records and finishing blocks allocates nothing once the buffers have their size")
    func building() {
        var packets = RandomPackets(seed: 5)
        let chunk = (0..<500).map { _ in IndexedPackets.settled(packets.packet()) }
        let records = chunk.map { IndexedPackets.record($0) }
        let names = IndexedPackets.names()
        var builder = IndexBlockBuilder(seed: 9)
        var block = ByteBuffer()
        func round() {
            block.removeAll()
            for index in records.indices {
                let bytes = chunk[index].bytes
                builder.append(
                    records[index], bytes.span.bytes, names, facts: chunk[index].facts, kind: .packet, lineLength: 200)
                builder.append(kind: .gap, time: records[index].time, lineLength: 10)
            }
            builder.finish(into: &block)
        }
        round()
        let count = allocations { for _ in 0..<20 { round() } }
        #expect(count == 0)
    }
}
