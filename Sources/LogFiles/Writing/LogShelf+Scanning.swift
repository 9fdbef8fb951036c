import Primitives
import Synchronization
import SystemCalls

extension LogShelf {
    /// Which of a number's files are there.
    private struct Slot {
        var plain = false
        var compressed = false
        var records = false
        var index = false

        var hasText: Bool { plain || compressed }
    }

    /// Reads the folder anew, and mends what an interrupted rotation, removal or compression left behind.
    func scan() throws(LogFileError) {
        do throws(SystemCallError) {
            var slots: [Int: Slot] = [:]
            for name in try Folders.names(in: names.folder) {
                if names.unfinished.hasSuffix("/\(name)") { try Paths.unlinkIfThere(names.unfinished) }
                switch names.part(name) {
                case .plain(let number): slots[number, default: Slot()].plain = true
                case .compressed(let number): slots[number, default: Slot()].compressed = true
                case .records(let number): slots[number, default: Slot()].records = true
                case .index(let number): slots[number, default: Slot()].index = true
                case .live, .liveRecords, .liveIndex, nil: break
                }
            }
            for number in slots.keys.sorted() {
                try mend(number, &slots)
            }
            let segments = try segments(slots)
            contents.withLock { contents in
                contents.segments = segments
                for place in contents.segments.indices {
                    contents.serials += 1
                    contents.segments[place].serial = contents.serials
                }
            }
        } catch {
            throw error.errno == .noSuchFile && error.call == "opendir"
                ? LogFileError(names.folder, .noFolder) : LogFileError(error, names.folder)
        }
    }

    private func mend(_ number: Int, _ slots: inout [Int: Slot]) throws(SystemCallError) {
        guard var slot = slots[number] else { return }
        // Compressed, but the plain text was not yet removed: it is the one that is surely whole.
        if slot.plain, slot.compressed {
            try Paths.unlinkIfThere(names.compressed(number))
            slot.compressed = false
        }
        // Files beside a text move before it: back to where it still is.
        if !slot.hasText {
            try moveBack(&slot, number, &slots)
        }
        slots[number] = slot
    }

    private func moveBack(_ slot: inout Slot, _ number: Int, _ slots: inout [Int: Slot]) throws(SystemCallError) {
        let owner = number == 1 ? nil : slots[number - 1]
        if slot.index {
            let isOwned: Bool
            if number == 1 {
                isOwned = try lacks(names.live, names.liveIndex)
            } else {
                isOwned = owner.map { !$0.index && $0.hasText } ?? false
            }
            if isOwned {
                try Paths.rename(names.index(number), to: number == 1 ? names.liveIndex : names.index(number - 1))
                slots[number - 1]?.index = true
            }
            try Paths.unlinkIfThere(names.index(number))
            slot.index = false
        }
        if slot.records {
            let isOwned: Bool
            if number == 1 {
                isOwned = try lacks(names.live, names.liveRecords)
            } else {
                isOwned = owner.map { !$0.records && $0.hasText } ?? false
            }
            if isOwned {
                try Paths.rename(
                    names.records(number), to: number == 1 ? names.liveRecords : names.records(number - 1))
                slots[number - 1]?.records = true
            }
            try Paths.unlinkIfThere(names.records(number))
            slot.records = false
        }
    }

    /// Whether the text is there and `file`, which belongs beside it, is not.
    private func lacks(_ text: String, _ file: String) throws(SystemCallError) -> Bool {
        guard try Paths.status(text) != nil else { return false }
        return try Paths.status(file) == nil
    }

    private func segments(_ slots: [Int: Slot]) throws(SystemCallError) -> [Segment] {
        var segments: [Segment] = []
        for (number, slot) in slots where slot.hasText {
            let text = slot.compressed ? names.compressed(number) : names.plain(number)
            guard let status = try Paths.status(text) else { continue }
            let beside = try size(names.records(number)) + size(names.index(number))
            segments.append(
                Segment(
                    serial: 0, number: number, isCompressed: slot.compressed, bytes: status.size + beside,
                    newest: status.modified, isSynchronized: true))
        }
        return segments.sorted { $0.number < $1.number }
    }

    private func size(_ path: String) throws(SystemCallError) -> Int64 { try Paths.status(path)?.size ?? 0 }
}
