import PacketDecoding
import PacketDumps
import Primitives
import TestSupport
import Testing

@Suite("Memory of a worker that feeds a dump")
struct AllocationTests {
    @Test("A packet allocates nothing, with a rule or without, written or lost")
    func packets() async throws {
        try await withStore { store, _ in
            let id = try store.start(Traffic.order("web"))
            let bytes = Traffic.bytes(1)
            var producer = store.producer(for: id)
            func feed() {
                for number in 0..<250 {
                    producer.append(Traffic.frame(number), bytes.span.bytes, rule: number % 2 == 0 ? 0..<0 : 20..<40)
                    producer.append(Traffic.frame(number, interface: Traffic.eth1), bytes.span.bytes)
                }
                producer.endBatch()
            }
            // The first round takes a chunk and learns the interfaces; the second still fits into the chunk.
            feed()
            let allocated = allocations { feed() }
            #expect(allocated == 0)
            producer.endBatch()
        }
    }
}
