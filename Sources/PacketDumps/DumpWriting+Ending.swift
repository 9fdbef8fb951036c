import Primitives
import Synchronization
import SystemCalls

// A file's end, the next file of a ring, and the dump's end.
extension DumpWriting {
    /// Nanoseconds that producers have to hand over what they gathered, once the dump is to end.
    static let grace: Int64 = 2_000_000_000

    /// The file to write to; opens the next of the ring where the last one is closed.
    func presentFile() throws(SystemCallError) -> DumpFile {
        if let file { return file }
        var head = ByteBuffer(capacity: 1_024)
        DumpHead.append(dump.order, surroundings, into: &head)
        let next = try DumpFile(
            in: dump.folder.path, folder: dump.folder, sequence: sequence + 1, head: head.bytes,
            startedAt: dump.order.startedAt)
        sequence += 1
        file = next
        return next
    }

    /// Closes the present file of a ring; the oldest goes, so that there is room for the next.
    func rotate() {
        guard let full = file else { return }
        end(full, comment: nil)
        file = nil
        // At once, so that the ring never takes more room than it may, however slow the disk is with the files before.
        while whole.count >= dump.order.ring ?? 1 {
            whole.removeFirst()
            names.removeFirst().discard()
        }
        publish()
        close(full) {}
    }

    /// Writes the end of a file, if the disk takes it, and counts the file among the whole ones.
    private func end(_ file: DumpFile, comment: String?) {
        // A file without its statistics is a whole file too.
        _ = try? describeInterfaces(in: file)
        try? file.appendEnd(lostInKernel: dump.lostInKernel.load(ordering: .relaxed), comment: comment)
        whole.append(WholeFile(sequence: file.sequence, bytes: file.size, packets: file.packets))
        names.append(file.name)
    }

    /// Has the closer's thread put a file on the disk.
    private func close(_ file: DumpFile, then done: @escaping @Sendable () -> Void) {
        let dump = dump
        closer.add {
            var failure: SystemCallError?
            do throws(SystemCallError) { try file.finish() } catch { failure = error }
            dump.published.withLock { published in
                if file.name.isGiven { published.named.insert(file.sequence) }
                published.named.formIntersection(published.whole.map(\.sequence))
                if let failure { published.reason = (published.reason.map { "\($0); " } ?? "") + "\(failure)" }
            }
            if file.sequence > 0, !file.name.isDiscarded { dump.saveJournal() }
            done()
        }
    }

    /// Begins the end: producers hand over what they have.
    func stop(_ reason: String, _ continuation: CheckedContinuation<DumpReport, Never>?) {
        if let continuation { waiting.append(continuation) }
        dump.close()
        if ending == nil { ending = Ending(reason: reason, deadline: Clocks.monotonic &+ Self.grace) }
        endIfLeft()
    }

    /// Ends the dump where no producer has anything left for it.
    func endIfLeft() {
        guard let ending, !isDone, dump.attached.load(ordering: .sequentiallyConsistent) <= 0 else { return }
        end(ending)
    }

    /// Ends the dump now.
    func end(reason: String) {
        guard !isDone else { return }
        if isSuspended, retryAt != .max { retry() }
        guard !isDone else { return }
        isDone = true
        merge.removeAll(dump.pool)
        var left = ByteBuffer(capacity: 64)
        swap(&left, &held)
        lose(left.bytes, from: 0)
        dump.published.withLock { $0.reason = reason }
        let last = file
        file = nil
        if let last { end(last, comment: endComment(reason, last)) }
        let dump = dump
        let surroundings = surroundings
        let waiting = waiting
        self.waiting = []
        let time = Clocks.wall
        let done: @Sendable () -> Void = {
            dump.published.withLock { published in
                published.phase = .finished
                published.endedAt = time
            }
            dump.saveJournal()
            let report = dump.report()
            surroundings.event(.ended(report))
            for continuation in waiting { continuation.resume(returning: report) }
        }
        publish()
        if let last { close(last, then: done) } else { closer.add(done) }
    }

    private func endComment(_ reason: String, _ file: DumpFile) -> String {
        let lost = dump.lost.load(ordering: .relaxed)
        let kernel = dump.lostInKernel.load(ordering: .relaxed)
        var text = reason
        if lost > 0 { text += "; \(lost) packets that matched are missing" }
        if kernel > 0 { text += "; the kernel lost \(kernel) packets of all interfaces" }
        return String(text.prefix(DumpFile.endCommentLimit - 8))
    }

    /// What is due: a limit of time, a new try on a full disk, producers that never answered.
    func tick(_ now: Int64) {
        guard !isDone else { return }
        if now >= deadline, ending == nil { stop("time limit reached", nil) }
        if isSuspended, now >= retryAt { retry() }
        if merge.count > 0 { drain(all: merge.isOverdue(now)) }
        if let ending, now >= ending.deadline, !isDone { end(ending) }
    }

    /// Ends the dump as it was told to: with all that was handed over, if the limits allow it.
    private func end(_ ending: Ending) {
        if isSuspended { retry() }
        drain(all: true)
        end(reason: ending.reason)
    }

    /// When `tick` is needed next.
    var nextTick: Int64 {
        guard !isDone else { return .max }
        var next = retryAt
        if merge.count > 0 { next = min(next, Clocks.monotonic + 100_000_000) }
        if ending == nil { next = min(next, deadline) }
        if let ending { next = min(next, ending.deadline) }
        return next
    }
}
