import Primitives
import Synchronization

/// A dump that runs, as its producers, its writer and those who ask for it share it.
final class RunningDump: Sendable {
    /// What producers may do with a packet. Only `closing` is for good.
    enum Gate {
        static let open: UInt8 = 0
        /// The disk is full: packets are counted.
        static let suspended: UInt8 = 1
        /// The dump has ended, or is about to: packets are none of its business any more.
        static let closing: UInt8 = 2
    }

    /// What is told about it.
    struct Published {
        var phase = DumpReport.Phase.running
        var reason: String?
        var endedAt: Timestamp?
        /// Files that are written, the oldest first.
        var whole: [WholeFile] = []
        /// Those of them that have their names, by their sequence.
        var named: Set<Int> = []
        /// Bytes and packets of the file under way.
        var bytes: UInt64 = 0
        var packets: UInt64 = 0
        var isWriting = true
    }

    let id: DumpID
    let order: DumpOrder
    /// Bytes kept of a packet.
    let snapLength: Int
    let folder: DumpFolder
    let gate = Atomic<UInt8>(Gate.open)
    let numbers = InterfaceNumbers()
    let inbox: WriterInbox
    let pool: ChunkPool
    /// Producers that may still hand over packets.
    let attached = Atomic<Int>(0)
    let lost = Atomic<UInt64>(0)
    let lostInKernel = Atomic<UInt64>(0)
    let published = Mutex(Published())

    init(id: DumpID, order: DumpOrder, folder: DumpFolder, inbox: WriterInbox, pool: ChunkPool) {
        self.id = id
        self.order = order
        self.folder = folder
        self.inbox = inbox
        self.pool = pool
        snapLength = min(order.snapLength ?? DumpFile.packetLimit, DumpFile.packetLimit)
    }

    var isClosing: Bool { gate.load(ordering: .acquiring) == Gate.closing }

    func close() { gate.store(Gate.closing, ordering: .releasing) }

    /// Suspends or resumes, unless it is closing.
    func setSuspended(_ isSuspended: Bool) {
        let from = isSuspended ? Gate.open : Gate.suspended
        let to = isSuspended ? Gate.suspended : Gate.open
        _ = gate.compareExchange(expected: from, desired: to, ordering: .acquiringAndReleasing)
    }

    /// The files that have their names, the oldest first.
    var namedFiles: [WholeFile] {
        published.withLock { published in published.whole.filter { published.named.contains($0.sequence) } }
    }

    /// Keeps beside the files what they do not tell. A full disk keeps what was there before.
    func saveJournal() {
        try? DumpJournal(report(), namedFiles).save(in: folder.path)
    }

    func report() -> DumpReport {
        var report = published.withLock { published in
            var report = DumpReport(order: order)
            report.phase = published.phase
            report.reason = published.reason
            report.endedAt = published.endedAt
            report.packets = published.whole.reduce(published.packets) { $0 + $1.packets }
            report.bytes = published.whole.reduce(published.bytes) { $0 + $1.bytes }
            report.files = published.whole.count + (published.isWriting ? 1 : 0)
            return report
        }
        report.lost = lost.load(ordering: .relaxed)
        report.lostInKernel = lostInKernel.load(ordering: .relaxed)
        return report
    }
}

/// A file of a dump that has its name.
struct WholeFile: Hashable, Sendable {
    /// Its place in the ring's life, from 1; 0 where there is no ring.
    var sequence: Int
    var bytes: UInt64
    var packets: UInt64
}

/// Where the files of a dump are, and how they are called.
struct DumpFolder: Hashable, Sendable {
    static let journal = "dump.txt"

    /// The folder of all dumps.
    var parent: String
    var name: String

    var path: String { "\(parent)/\(name)" }
    var journalPath: String { "\(path)/\(Self.journal)" }

    /// The name of a whole file: `web.pcapng`, in a ring `web-00001.pcapng`.
    func fileName(_ sequence: Int) -> String {
        guard sequence > 0 else { return "\(name).pcapng" }
        let digits = String(sequence)
        return "\(name)-\(String(repeating: "0", count: max(0, 5 - digits.count)))\(digits).pcapng"
    }

    /// The name of a file that is not whole yet.
    func hiddenName(_ sequence: Int) -> String { ".\(fileName(sequence)).part" }

    /// The sequence of a file of this dump, by its name; nil for what is none of its files.
    func sequence(of fileName: String) -> Int? {
        guard fileName.hasPrefix(name), fileName.hasSuffix(".pcapng") else { return nil }
        let middle = fileName.dropFirst(name.count).dropLast(".pcapng".count)
        if middle.isEmpty { return 0 }
        guard middle.first == "-", let sequence = Int(middle.dropFirst()), sequence > 0 else { return nil }
        return self.fileName(sequence) == fileName ? sequence : nil
    }
}
