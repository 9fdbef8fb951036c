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

    /// Copies whole records; they stay until `remove`.
    func copy(_ length: Int, into buffer: inout ByteBuffer) throws(RecordQueue.LengthTooSmall) -> Int {
        let result = queue.withLock { queue -> Result<Int, RecordQueue.LengthTooSmall> in
            do throws(RecordQueue.LengthTooSmall) {
                return .success(try queue.copy(length, into: &buffer))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    func remove(_ records: Int) { queue.withLock { $0.remove(records) } }

    func flush() -> Int { queue.withLock { $0.flush() } }
}
