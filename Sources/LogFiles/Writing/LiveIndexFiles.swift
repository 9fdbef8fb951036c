import LogIndex
import Primitives
import SystemCalls

/// The files beside a text that is being written: blocks of records, and the directory of these blocks.
final class LiveIndexFiles {
    let records: FileDescriptor
    let index: FileDescriptor
    private(set) var recordsSize: Int64 = 0
    private(set) var indexSize: Int64 = 0
    private var sealer = IndexSealer()
    private var directory = ByteBuffer(capacity: 16 << 10)

    init(_ names: LogFileNames, permissions: UInt32) throws(SystemCallError) {
        records = try FileDescriptor(opening: names.liveRecords, for: .extend, permissions: permissions)
        index = try FileDescriptor(opening: names.liveIndex, for: .extend, permissions: permissions)
    }

    var bytes: Int64 { recordsSize + indexSize }

    /// Appends a block as its builder finished it; what it says of is in the text already, from `lineOffset` on.
    /// Nothing is kept of a failure but what `cutBack` cuts.
    func append(_ block: inout ByteBuffer, lineOffset: Int64, lineNumber: Int64) throws(SystemCallError) {
        guard block.count > 0 else { return }
        directory.removeAll()
        sealer.seal(
            &block, lineOffset: UInt64(lineOffset), lineNumber: UInt64(lineNumber),
            recordOffset: UInt64(recordsSize), into: &directory)
        try records.write(block)
        try index.write(directory)
        recordsSize += Int64(block.count)
        indexSize += Int64(directory.count)
    }

    /// Appends the directory's record of a block that stands in the records already, at the end of what is known of
    /// them; false where it is none.
    func adopt(_ block: RawSpan) throws(SystemCallError) -> Bool {
        directory.removeAll()
        guard let facts = try? sealer.summarise(block, recordOffset: UInt64(recordsSize), into: &directory) else {
            return false
        }
        try index.write(directory)
        recordsSize += Int64(facts.length)
        indexSize += Int64(directory.count)
        return true
    }

    /// Cuts what a failed append left behind.
    func cutBack() throws(SystemCallError) {
        try index.truncate(to: indexSize)
        try records.truncate(to: recordsSize)
    }

    /// The files are whole up to these sizes. The directory is cut there, the records only by `cutBack`: what follows
    /// may be adopted.
    func resume(recordsSize: Int64, indexSize: Int64) throws(SystemCallError) {
        self.recordsSize = recordsSize
        self.indexSize = indexSize
        try index.truncate(to: indexSize)
    }

    /// Empties the files.
    func clear() throws(SystemCallError) {
        try resume(recordsSize: 0, indexSize: 0)
        try cutBack()
    }

    /// Waits until the bytes are on the disk.
    func synchronize() throws(SystemCallError) {
        try records.synchronize()
        try index.synchronize()
    }
}

extension FileDescriptor {
    /// Writes all bytes of `buffer`.
    fileprivate func write(_ buffer: borrowing ByteBuffer) throws(SystemCallError) {
        try write(buffer.bytes)
    }
}
