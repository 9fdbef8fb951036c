import Primitives
import Synchronization
import SystemCalls

/// The rotated files of one log, newest first. The writer adds to it, the budget's thread compresses and removes; every
/// step on disk that gives a file another name is made with the lock held, and is a few system calls.
///
/// What a crash leaves is mended when the shelf is made: a text without a name of its own never comes to be, since the
/// files beside it move first and are removed first, so a text decides what belongs to it.
final class LogShelf: Sendable {
    struct Segment: Hashable, Sendable {
        /// Never used again in this run; the number in the name changes with every rotation.
        var serial: UInt64
        var number: Int
        var isCompressed: Bool
        /// Of the text as it lies on the disk, and of what lies beside it.
        var bytes: Int64
        /// When its last line was written.
        var newest: Timestamp
        /// Whether it is on the disk, whatever happens to the machine.
        var isSynchronized: Bool
        /// Compressing it failed; it stays as it is.
        var isLeftPlain = false
    }

    struct Contents: Sendable {
        var segments: [Segment] = []
        var serials: UInt64 = 0
    }

    let names: LogFileNames
    let permissions: UInt32
    let contents = Mutex(Contents())
    /// Bytes of the files that are being written; the writer says.
    let liveBytes = Atomic<Int64>(0)
    /// What the budget's thread reads of the log's configuration.
    let compresses = Atomic<Bool>(true)

    /// Looks what is there, and mends what a crash has left. The live file must not be open yet.
    init(_ names: LogFileNames, permissions: UInt32) throws(LogFileError) {
        self.names = names
        self.permissions = permissions
        try scan()
    }

    var count: Int { contents.withLock { $0.segments.count } }

    /// Bytes of all rotated files.
    var bytes: Int64 { contents.withLock { $0.segments.reduce(0) { $0 + $1.bytes } } }

    /// The live files become number 1; the others move up as far as there is no gap. Afterwards there are no live files.
    /// On failure all is as it was, or will be mended by the next `scan`; the live text has its name in either case.
    func takeLive(bytes: Int64, newest: Timestamp) throws(SystemCallError) {
        try contents.withLock { contents throws(SystemCallError) in
            try makeRoom(&contents)
            try Paths.renameIfThere(names.liveIndex, to: names.index(1))
            try Paths.renameIfThere(names.liveRecords, to: names.records(1))
            do throws(SystemCallError) {
                try Paths.rename(names.live, to: names.plain(1))
            } catch {
                try? Paths.renameIfThere(names.records(1), to: names.liveRecords)
                try? Paths.renameIfThere(names.index(1), to: names.liveIndex)
                throw error
            }
            contents.serials += 1
            // What could not be compressed is tried again.
            for place in contents.segments.indices { contents.segments[place].isLeftPlain = false }
            contents.segments.insert(
                Segment(
                    serial: contents.serials, number: 1, isCompressed: false, bytes: bytes, newest: newest,
                    isSynchronized: false),
                at: 0)
        }
    }

    /// Moves 1, 2 ... up by one, as far as they have no gap between them, the last one first.
    private func makeRoom(_ contents: inout Contents) throws(SystemCallError) {
        var run = 0
        while run < contents.segments.count, contents.segments[run].number == run + 1 { run += 1 }
        if run == LogFileNames.mostSegments {
            try remove(&contents, at: run - 1)
            run -= 1
        }
        for place in (0..<run).reversed() {
            let segment = contents.segments[place]
            try move(segment, to: segment.number + 1)
            contents.segments[place].number += 1
        }
    }

    private func move(_ segment: Segment, to number: Int) throws(SystemCallError) {
        try Paths.renameIfThere(names.index(segment.number), to: names.index(number))
        try Paths.renameIfThere(names.records(segment.number), to: names.records(number))
        try Paths.renameIfThere(
            segment.isCompressed ? names.compressed(segment.number) : names.plain(segment.number),
            to: segment.isCompressed ? names.compressed(number) : names.plain(number))
    }

    /// Removes the oldest until `most` are left.
    func trim(to most: Int) throws(SystemCallError) {
        try contents.withLock { contents throws(SystemCallError) in
            while contents.segments.count > most { try remove(&contents, at: contents.segments.count - 1) }
        }
    }

    /// When the oldest one's last line was written; nil where there is none.
    var oldest: Timestamp? { contents.withLock { $0.segments.last?.newest } }

    /// Removes the oldest one, if there is one.
    func removeOldest() throws(SystemCallError) {
        try contents.withLock { contents throws(SystemCallError) in
            if !contents.segments.isEmpty { try remove(&contents, at: contents.segments.count - 1) }
        }
    }

    private func remove(_ contents: inout Contents, at place: Int) throws(SystemCallError) {
        let segment = contents.segments[place]
        try Paths.unlinkIfThere(names.index(segment.number))
        try Paths.unlinkIfThere(names.records(segment.number))
        try Paths.unlinkIfThere(names.plain(segment.number))
        try Paths.unlinkIfThere(names.compressed(segment.number))
        contents.segments.remove(at: place)
    }
}

extension Paths {
    /// Renames a file that need not be there.
    static func renameIfThere(_ old: String, to new: String) throws(SystemCallError) {
        do { try rename(old, to: new) } catch  where error.errno == .noSuchFile {}
    }

    /// Removes a file that need not be there.
    static func unlinkIfThere(_ path: String) throws(SystemCallError) {
        do { try unlink(path) } catch  where error.errno == .noSuchFile {}
    }
}
