public import IPLog
import Primitives
import Synchronization
import SystemCalls

/// The queue of one unit between those who write records and the device: locked once a batch, and once a read.
public final class UnitQueue: Sendable {
    public let unit: IPLogUnit
    public let limit: Int
    private let queue: Mutex<RecordQueue>
    /// Somebody waits for records: writers ring only then.
    private let isWanted = Atomic<Bool>(false)
    private let bell = Mutex<DeviceBell?>(nil)

    /// An empty queue of `limit` bytes for records in `layout`; `suppresses` says whether alike packets become one.
    public init(_ unit: IPLogUnit, limit: Int, layout: IPLogLayout, suppresses: Bool = true) {
        self.unit = unit
        let records = RecordQueue(limit: limit, form: RecordQueue.Form(layout), suppresses: suppresses)
        self.limit = records.limit
        queue = Mutex(records)
    }

    /// Stores what a writer gathered, and wakes a reader. Costs one lock and the copy of the bytes; never waits for
    /// a reader.
    public func append(_ batch: borrowing RecordBatch) {
        guard !batch.isEmpty else { return }
        queue.withLock { $0.append(batch) }
        if isWanted.exchange(false, ordering: .acquiringAndReleasing) {
            bell.withLock { $0 }?.wakeup.signal()
        }
    }

    /// What became of the records so far.
    public var counts: RecordCounts { queue.withLock { $0.counts } }

    /// Bytes that wait.
    public var used: Int { queue.withLock { $0.used } }

    func hang(_ bell: DeviceBell?) { self.bell.withLock { $0 = bell } }

    /// Asks writers to ring once there is something; false where something is there already.
    func waitForRecords() -> Bool {
        isWanted.store(true, ordering: .sequentiallyConsistent)
        return queue.withLock { $0.isEmpty }
    }

    var isEmpty: Bool { queue.withLock { $0.isEmpty } }

    /// Copies as many whole records as fit in `length` and hands them over; they are gone where `handOver` says that they
    /// were taken. Nobody comes to the queue in between: who has read may count on the room.
    func give(
        _ length: Int, into buffer: inout ByteBuffer, handOver: (borrowing ByteBuffer) -> Bool
    ) throws(RecordQueue.LengthTooSmall) {
        let result = queue.withLock { queue -> Result<Void, RecordQueue.LengthTooSmall> in
            do throws(RecordQueue.LengthTooSmall) {
                let records = try queue.copy(length, into: &buffer)
                if handOver(buffer) { queue.remove(records) }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    func flush() -> Int { queue.withLock { $0.flush() } }
}
