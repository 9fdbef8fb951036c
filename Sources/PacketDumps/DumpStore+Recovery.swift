import CaptureFiles
import CaptureStreams
import PacketDecoding
import Primitives
import Synchronization
import SystemCalls

extension DumpStore {
    /// Finds the dumps of earlier runs, and makes files whole that were under way when the engine was killed: cut behind
    /// the last whole block, with their statistics, under their names. Returns the dumps that had to be mended.
    ///
    /// Reads what was under way once, at the speed of the disk; a dump that cannot be read is left alone.
    @discardableResult
    public func recover() throws(DumpError) -> [DumpReport] {
        let names: [String]
        do {
            names = try Folders.names(in: folder)
        } catch {
            throw .system(error)
        }
        var mended: [DumpReport] = []
        for name in names.sorted() {
            if name.hasPrefix(".") {
                recoverHidden(name, &mended)
            } else if DumpOrder.isName(name) {
                recover(name, &mended)
            }
        }
        return mended
    }

    /// What a start or a removal that was cut short left behind. A dump that was moved aside for a new one that never
    /// came gets its name back.
    private func recoverHidden(_ hidden: String, _ mended: inout [DumpReport]) {
        let parts = hidden.split(separator: ".")
        let name = parts.dropLast().joined(separator: ".")
        guard hidden == ".\(name).\(parts.last ?? "")", DumpOrder.isName(name) else { return }
        switch parts.last {
        case "old" where (try? Paths.status("\(folder)/\(name)")) == .some(nil):
            guard (try? Paths.rename("\(folder)/\(hidden)", to: "\(folder)/\(name)")) != nil else { return }
            recover(name, &mended)
        case "new", "old", "gone": try? removeFolder("\(folder)/\(hidden)")
        default: break
        }
    }

    private func recover(_ name: String, _ mended: inout [DumpReport]) {
        let place = DumpFolder(parent: folder, name: name)
        guard let names = try? Folders.names(in: place.path) else { return }
        var journal =
            DumpJournal(in: place.path)
            ?? DumpJournal(
                DumpReport(
                    order: DumpOrder(
                        name: name, expression: "", startedBy: "", startedAt: Timestamp(nanoseconds: 0))), [])
        journal.report.order.name = name
        var recovery = DumpRecovery(place, journal)
        for file in names { recovery.take(file) }
        let report = recovery.finish()
        guard recovery.isDump else { return }
        state.withLock { $0.finished[name] = FinishedDump(report: report, files: recovery.files) }
        if recovery.isMended { mended.append(report) }
    }
}

/// Brings one dump's folder into order.
struct DumpRecovery {
    private let place: DumpFolder
    private let journal: DumpJournal
    private(set) var files: [WholeFile] = []
    /// Whether there is anything of a dump.
    var isDump: Bool { !files.isEmpty || hasJournal }
    /// Whether the engine that wrote it did not end it.
    private(set) var isMended: Bool
    private var hasJournal: Bool
    private var bytesCut: UInt64 = 0
    private var lastTime: Timestamp?
    /// Packets that are missing by what stands beside others.
    private var missing: UInt64 = 0

    init(_ place: DumpFolder, _ journal: DumpJournal) {
        self.place = place
        self.journal = journal
        isMended = journal.report.phase != .finished
        hasJournal = false
    }

    mutating func take(_ name: String) {
        if name == DumpFolder.journal { hasJournal = true }
        if name.hasPrefix("."), name.hasSuffix(".part") {
            let final = String(name.dropFirst().dropLast(".part".count))
            if let sequence = place.sequence(of: final) {
                mend(name, sequence)
            } else {
                try? Paths.unlink("\(place.path)/\(name)")
            }
        } else if let sequence = place.sequence(of: name) {
            count(name, sequence)
        }
    }

    /// A whole file: its packets are known, or counted.
    private mutating func count(_ name: String, _ sequence: Int) {
        let path = "\(place.path)/\(name)"
        guard let size = (try? Paths.status(path))?.size else { return }
        let known = journal.files.first { $0.sequence == sequence }
        if let known, known.bytes == UInt64(size) {
            files.append(known)
        } else if let scan = DumpScan(path) {
            note(scan)
            files.append(WholeFile(sequence: sequence, bytes: UInt64(size), packets: scan.packets))
        }
    }

    /// A file that was under way.
    private mutating func mend(_ name: String, _ sequence: Int) {
        isMended = true
        let path = "\(place.path)/\(name)"
        guard let scan = DumpScan(path), let size = (try? Paths.status(path))?.size else {
            // Not even a head is there.
            try? Paths.unlink(path)
            return
        }
        do {
            var end = ByteBuffer(capacity: 4 << 10)
            scan.appendStatistics("the engine ended without finishing this file", into: &end)
            let file = try FileDescriptor(opening: path, for: .append)
            try file.truncate(to: scan.wholeBytes)
            // A disk without room for the statistics has room for the packets.
            do { try file.write(end.bytes) } catch { try file.truncate(to: scan.wholeBytes) }
            let whole = try file.status().size
            try file.synchronize()
            try Paths.rename(path, to: "\(place.path)/\(place.fileName(sequence))")
            try Folders.synchronize(place.path)
            bytesCut += UInt64(max(0, size - scan.wholeBytes))
            note(scan)
            files.append(WholeFile(sequence: sequence, bytes: UInt64(whole), packets: scan.packets))
        } catch {
            // It stays hidden, and the next start tries again.
        }
    }

    private mutating func note(_ scan: DumpScan) {
        lastTime = max(lastTime ?? scan.lastTime, scan.lastTime)
        missing += scan.missing
    }

    mutating func finish() -> DumpReport {
        files.sort { $0.sequence < $1.sequence }
        var report = journal.report
        report.packets = files.reduce(0) { $0 + $1.packets }
        report.bytes = files.reduce(0) { $0 + $1.bytes }
        report.files = files.count
        if isMended {
            report.phase = .finished
            report.reason = "the engine ended while it ran"
            if bytesCut > 0 { report.reason! += "; \(bytesCut) bytes of a torn block were cut" }
            report.endedAt = lastTime ?? report.order.startedAt
            report.lost = max(report.lost, missing)
            if hasJournal || !files.isEmpty { try? DumpJournal(report, files).save(in: place.path) }
        }
        return report
    }
}

/// What a file of a dump holds, up to its first damage.
struct DumpScan {
    private(set) var packets: UInt64 = 0
    /// Packets that are missing before others.
    private(set) var missing: UInt64 = 0
    private(set) var lastTime = Timestamp(nanoseconds: 0)
    /// Where the whole blocks end.
    private(set) var wholeBytes: Int64 = 0
    private var byInterface: [UInt64] = []

    /// Reads a file; nil where it is no capture, or cannot be read.
    init?(_ path: String) {
        guard var reader = try? CaptureReader(path: path, firstInterface: InterfaceID(rawValue: 0)),
            let size = reader.totalBytes
        else { return nil }
        do {
            while reader.damageCount == 0, let frame = try reader.next() {
                // The packet behind damage belongs to what is cut.
                if reader.damageCount > 0 { break }
                packets += 1
                lastTime = max(lastTime, frame.time)
                let number = Int(frame.interface.rawValue)
                while byInterface.count <= number { byInterface.append(0) }
                byInterface[number] += 1
            }
        } catch {
            return nil
        }
        missing = reader.droppedBetweenPackets
        wholeBytes = reader.damage.first?.offset ?? size
        guard wholeBytes > 0 else { return nil }
        while byInterface.count < reader.interfaceCount { byInterface.append(0) }
    }

    func appendStatistics(_ comment: String, into buffer: inout ByteBuffer) {
        for (number, count) in byInterface.enumerated() {
            var statistics = InterfaceStatistics()
            statistics.delivered = count
            PcapngBlock.appendStatistics(
                statistics, interface: UInt32(number), at: lastTime, comment: number == 0 ? comment : nil,
                into: &buffer)
        }
    }
}
