import LogIndex
import Primitives
import Records
import SystemCalls

/// The files of a log that are being written: the text, and beside it what the index knows. Everything is only
/// appended, a chunk whole or not at all, the text first: after a crash the text may have lines that the index does
/// not know yet, never the other way round.
final class LiveLogFile {
    /// What has happened to the text behind our back.
    enum Disturbance {
        case removed, cut, grown
    }

    let names: LogFileNames
    let text: FileDescriptor
    let identity: FileStatus
    /// Nil where the log is written without an index.
    let index: LiveIndexFiles?

    /// How lines are read back whose index is lost.
    let zone: ZoneTable
    let kind: RecordKind

    /// Whole lines.
    private(set) var textSize: Int64 = 0
    private(set) var lineCount: Int64 = 0
    /// An append failed, and what it left could not be cut away yet.
    private var isTorn = false

    /// Opens the files, or makes them. The text is claimed, so that no other process writes it; `recover` comes next.
    init(_ names: LogFileNames, _ configuration: LogConfiguration) throws(LogFileError) {
        self.names = names
        zone = configuration.zone
        kind = configuration.kind
        let isOurs: Bool
        do throws(SystemCallError) {
            text = try FileDescriptor(opening: names.live, for: .extend, permissions: configuration.permissions)
            identity = try text.status()
            isOurs = try text.lock()
            if configuration.hasIndex {
                index = try LiveIndexFiles(names, permissions: configuration.permissions)
            } else {
                index = nil
                try Paths.unlinkIfThere(names.liveIndex)
                try Paths.unlinkIfThere(names.liveRecords)
            }
        } catch {
            throw error.errno == .isADirectory ? LogFileError(names.live, .noFile) : LogFileError(error, names.live)
        }
        guard isOurs else { throw LogFileError(names.live, .inUse) }
        guard identity.kind == .regular else { throw LogFileError(names.live, .noFile) }
    }

    /// Bytes of all files.
    var bytes: Int64 { textSize + (index?.bytes ?? 0) }

    /// Whether the text still has a name and the size that we left it with. Costs one system call.
    func disturbance() throws(SystemCallError) -> Disturbance? {
        let status = try text.status()
        if status.links == 0 { return .removed }
        if isTorn || status.size == textSize { return nil }
        return status.size < textSize ? .cut : .grown
    }

    /// Appends whole lines and the block of the index that speaks of them; on failure neither is there.
    func append(_ lines: RawSpan, count: UInt64, block: inout ByteBuffer) throws(SystemCallError) {
        if isTorn { try cutBack() }
        do {
            try text.write(lines)
            try index?.append(&block, lineOffset: textSize, lineNumber: lineCount)
        } catch {
            isTorn = true
            try? cutBack()
            throw error
        }
        resume(textSize: textSize + Int64(lines.byteCount), lineCount: lineCount + Int64(count))
    }

    /// Cuts what a failed append left, so that the files end with what was whole.
    private func cutBack() throws(SystemCallError) {
        try index?.cutBack()
        try text.truncate(to: textSize)
        isTorn = false
    }

    /// Empties the files.
    func clear() throws(SystemCallError) {
        try index?.clear()
        try text.truncate(to: 0)
        resume(textSize: 0, lineCount: 0)
        isTorn = false
    }

    /// Waits until the bytes are on the disk, the text first.
    func synchronize() throws(SystemCallError) {
        try text.synchronize()
        try index?.synchronize()
    }

    /// The files end there with what is whole.
    func resume(textSize: Int64, lineCount: Int64) {
        self.textSize = textSize
        self.lineCount = lineCount
    }
}
