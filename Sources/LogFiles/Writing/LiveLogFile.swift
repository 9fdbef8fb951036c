import Primitives
import SystemCalls

/// The files of a log that are being written: the text, the records beside it and their directory. Everything is only
/// appended, a chunk whole or not at all, the text first: after a crash the text may have a line that the index does
/// not know yet, never the other way round.
final class LiveLogFile {
    let names: LogFileNames
    let text: FileDescriptor
    let records: FileDescriptor
    let index: FileDescriptor
    let identity: FileStatus

    private(set) var textSize: Int64 = 0
    private(set) var recordsSize: Int64 = 0
    private(set) var indexSize: Int64 = 0
    /// Lines of the text.
    private(set) var lineCount: Int64 = 0
    /// An append failed, and what it left could not be cut away yet.
    private var isTorn = false

    var bytes: Int64 { textSize + recordsSize + indexSize }

    /// Opens the files, or makes them. The text is claimed, so that no other process writes it.
    init(_ names: LogFileNames, permissions: UInt32) throws(LogFileError) {
        self.names = names
        do throws(SystemCallError) {
            text = try FileDescriptor(opening: names.live, for: .extend, permissions: permissions)
            identity = try text.status()
            guard identity.kind == .regular else { throw SystemCallError(errno: .isADirectory, call: "open") }
            records = try FileDescriptor(opening: names.liveRecords, for: .extend, permissions: permissions)
            index = try FileDescriptor(opening: names.liveIndex, for: .extend, permissions: permissions)
        } catch {
            throw error.errno == .isADirectory ? LogFileError(names.live, .noFile) : LogFileError(error, names.live)
        }
        let isOurs: Bool
        do { isOurs = try text.lock() } catch { throw LogFileError(error, names.live) }
        guard isOurs else { throw LogFileError(names.live, .inUse) }
    }

    /// Whether the text still has its name and the size that we left it with.
    func disturbance() throws(SystemCallError) -> Disturbance? {
        let status = try text.status()
        if status.links == 0 { return .removed }
        if status.size != textSize, !isTorn { return status.size < textSize ? .cut : .grown }
        return nil
    }

    enum Disturbance {
        case removed, cut, grown
    }

    /// Appends whole lines and the block of the index that speaks of them; on failure neither is there.
    func append(_ lines: RawSpan, count: UInt64, block: inout ByteBuffer) throws(SystemCallError) {
        if isTorn { try cutBack() }
        do {
            try text.write(lines)
            // The block and its entry in the directory come here.
        } catch {
            isTorn = true
            try? cutBack()
            throw error
        }
        textSize += Int64(lines.byteCount)
        lineCount += Int64(count)
    }

    /// Cuts what a failed append left, so that the files end with what was whole.
    private func cutBack() throws(SystemCallError) {
        try index.truncate(to: indexSize)
        try records.truncate(to: recordsSize)
        try text.truncate(to: textSize)
        isTorn = false
    }

    /// Empties the files.
    func clear() throws(SystemCallError) {
        try index.truncate(to: 0)
        indexSize = 0
        try records.truncate(to: 0)
        recordsSize = 0
        try text.truncate(to: 0)
        textSize = 0
        lineCount = 0
        isTorn = false
    }

    /// Waits until the bytes are on the disk.
    func synchronize() throws(SystemCallError) {
        try text.synchronize()
        try records.synchronize()
        try index.synchronize()
    }

    func resume(textSize: Int64, recordsSize: Int64, indexSize: Int64, lineCount: Int64) {
        self.textSize = textSize
        self.recordsSize = recordsSize
        self.indexSize = indexSize
        self.lineCount = lineCount
        isTorn = false
    }
}
