import Compression
import Primitives
import Synchronization
import SystemCalls

extension LogShelf {
    /// Bytes that are read between two looks whether to go on.
    private static let step = 1 << 20

    /// Makes the oldest rotated file that is not on the disk for sure, or not compressed though it should be, what it
    /// should be. False where there is none. `mayGoOn` is asked about each mebibyte; where it says no, all stays as it was.
    func finishOne(mayGoOn: () -> Bool) throws(LogFileError) -> Bool {
        let isCompressing = compresses.load(ordering: .relaxed)
        let task = contents.withLock { contents in
            contents.segments.last { segment in
                !segment.isSynchronized || isCompressing && !segment.isCompressed && !segment.isLeftPlain
            }
        }
        guard let task else { return false }
        do {
            if !task.isSynchronized { try synchronize(task) }
            if isCompressing, !task.isCompressed { try compress(task, mayGoOn) }
        } catch {
            change(task.serial) { segment in
                segment.isLeftPlain = true
                segment.isSynchronized = true
            }
            throw error
        }
        return true
    }

    /// Opens one of a segment's files: by the name that it has at this moment.
    private func open(_ serial: UInt64, _ name: (Segment) -> String) throws(SystemCallError) -> FileDescriptor? {
        let path: String?
        // Between the look and the opening the file may get its next name: then it is looked for again.
        path = contents.withLock { contents in contents.segments.first { $0.serial == serial }.map(name) }
        guard let path else { return nil }
        do {
            return try FileDescriptor(opening: path, for: .read)
        } catch  where error.errno == .noSuchFile {
            return nil
        }
    }

    private func change(_ serial: UInt64, _ change: (inout Segment) -> Void) {
        contents.withLock { contents in
            guard let place = contents.segments.firstIndex(where: { $0.serial == serial }) else { return }
            change(&contents.segments[place])
        }
    }

    private func synchronize(_ task: Segment) throws(LogFileError) {
        do {
            let files = [names.plain, names.records, names.index]
            for file in files {
                if let open = try open(task.serial, { file($0.number) }) { try open.synchronize() }
            }
            try Folders.synchronize(names.folder)
        } catch {
            throw LogFileError(error, names.plain(task.number))
        }
        change(task.serial) { $0.isSynchronized = true }
    }

    private func compress(_ task: Segment, _ mayGoOn: () -> Bool) throws(LogFileError) {
        do {
            guard let plain = try open(task.serial, { names.plain($0.number) }) else { return }
            let packed = try FileDescriptor(opening: names.unfinished, for: .replace, permissions: permissions)
            guard let size = try pack(plain, into: packed, mayGoOn) else {
                return try Paths.unlinkIfThere(names.unfinished)
            }
            // Which of two files is older is told by this, after the next start too.
            try packed.setModified(plain.status().modified)
            try packed.synchronize()
            let isThere = try contents.withLock { contents throws(SystemCallError) in
                try putInPlace(&contents, task.serial, size)
            }
            if !isThere { try Paths.unlinkIfThere(names.unfinished) }
        } catch let error as SystemCallError {
            try? Paths.unlinkIfThere(names.unfinished)
            throw LogFileError(error, names.plain(task.number))
        } catch {
            try? Paths.unlinkIfThere(names.unfinished)
            throw LogFileError(names.plain(task.number), .compression("\(error)"))
        }
    }

    /// The compressed file takes the plain one's place; false where that has been removed meanwhile.
    private func putInPlace(
        _ contents: inout Contents, _ serial: UInt64, _ size: Int64
    ) throws(SystemCallError) -> Bool {
        guard let place = contents.segments.firstIndex(where: { $0.serial == serial }) else { return false }
        let number = contents.segments[place].number
        let plainSize = try Paths.status(names.plain(number))?.size ?? 0
        try Paths.rename(names.unfinished, to: names.compressed(number))
        contents.segments[place].isCompressed = true
        contents.segments[place].bytes += size - plainSize
        try Paths.unlinkIfThere(names.plain(number))
        return true
    }

    /// Writes all of `plain` as zstd frames; the size of what came out, nil where it was not to go on.
    private func pack(
        _ plain: borrowing FileDescriptor, into file: borrowing FileDescriptor, _ mayGoOn: () -> Bool
    ) throws -> Int64? {
        var encoder = try ZstdSeekableEncoder(level: LogShelf.level)
        var packed = ByteBuffer(capacity: 2 * LogShelf.step)
        var offset: Int64 = 0
        var written: Int64 = 0
        while true {
            guard mayGoOn() else { return nil }
            let bytes = try plain.contents(of: offset..<offset + Int64(LogShelf.step))
            if bytes.isEmpty { break }
            offset += Int64(bytes.count)
            try encoder.append(bytes.span.bytes, into: &packed)
            try file.write(packed.bytes)
            written += Int64(packed.count)
            packed.removeAll()
        }
        try encoder.finish(into: &packed)
        try file.write(packed.bytes)
        return written + Int64(packed.count)
    }

    /// Of zstd: fast, since a busy gateway rotates gigabytes.
    private static let level = 1
}
