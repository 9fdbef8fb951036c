import Primitives

/// How many packets fell into which stretch of time, in bounded memory and without knowing the
/// ends beforehand: where the slots run out, they are made wider and merged.
struct TimeHistogram {
    /// One stretch of time and what fell into it.
    struct Slot: Equatable {
        /// Nanoseconds since 1970.
        var start: Int64
        var packets: Int
        var bytes: Int
    }

    /// Most slots held at once; the memory is bounded by it.
    /// - Limit: slots of the time histogram |  | made wider and merged
    static let slotLimit = 4096

    /// Nanoseconds of a second and of a day.
    private static let second: Int64 = 1_000_000_000
    private static let day = 86400 * second

    /// Widths of the slots that are kept. Each divides the next, so that slots merge without a remainder.
    static let keptWidths: [Int64] =
        [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]
        + [1, 60, 3600].map { $0 * second } + [1, 10, 100, 1000, 10_000, 100_000].map { $0 * day }

    /// Widths that people read easily. Those that a kept width divides can be shown.
    static let shownWidths: [Int64] =
        keptWidths.prefix(9).flatMap { [$0, 2 * $0, 5 * $0] }
        + [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200].map { $0 * second }
        + [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000].map { $0 * day }

    private var widthIndex = 0
    private var slots: [Int64: (packets: Int, bytes: Int)] = [:]
    /// The slot of the last packet, kept out of the table because the next one mostly falls into it.
    private var openKey: Int64 = 0
    private var open = (packets: 0, bytes: 0)

    /// Counts one packet.
    mutating func add(_ time: Timestamp, bytes: Int) {
        let key = floorDivide(time.nanoseconds, Self.keptWidths[widthIndex])
        if key != openKey || open.packets == 0 {
            close()
            openKey = floorDivide(time.nanoseconds, Self.keptWidths[widthIndex])
        }
        open.packets += 1
        open.bytes += bytes
    }

    /// The slots in order of time, at most `rows` from the first to the last, with the empty ones between, and
    /// the width of one in nanoseconds. Empty without packets.
    func rows(atMost rows: Int) -> (width: Int64, slots: [Slot]) {
        var copy = self
        copy.close()
        guard let first = copy.slots.keys.min(), let last = copy.slots.keys.max() else { return (1, []) }
        let kept = Self.keptWidths[copy.widthIndex]
        let begin = Self.start(of: first, width: kept)
        let end = Self.start(of: last, width: kept)
        let fitting = Self.shownWidths.first { width in
            guard width % kept == 0 else { return false }
            return Self.distance(from: floorDivide(begin, width), to: floorDivide(end, width)) < UInt64(rows)
        }
        let width = fitting ?? Self.shownWidths[Self.shownWidths.count - 1]
        var merged: [Int64: (packets: Int, bytes: Int)] = [:]
        for (key, slot) in copy.slots {
            let place = floorDivide(Self.start(of: key, width: kept), width)
            let there = merged[place] ?? (0, 0)
            merged[place] = (there.packets + slot.packets, there.bytes + slot.bytes)
        }
        let all = (floorDivide(begin, width)...floorDivide(end, width)).map { key in
            let slot = merged[key] ?? (0, 0)
            return Slot(start: Self.start(of: key, width: width), packets: slot.packets, bytes: slot.bytes)
        }
        return (width, all)
    }

    /// How far one key is behind another; the whole range of keys fits.
    private static func distance(from first: Int64, to last: Int64) -> UInt64 { UInt64(bitPattern: last &- first) }

    /// Where a slot begins. The first slot of all may begin before the earliest time there is.
    private static func start(of key: Int64, width: Int64) -> Int64 {
        let (start, overflows) = key.multipliedReportingOverflow(by: width)
        return overflows ? (key < 0 ? .min : .max) : start
    }

    private mutating func close() {
        guard open.packets > 0 else { return }
        let old = slots[openKey] ?? (0, 0)
        slots[openKey] = (old.packets + open.packets, old.bytes + open.bytes)
        open = (0, 0)
        while slots.count > Self.slotLimit, widthIndex + 1 < Self.keptWidths.count { widen() }
    }

    private mutating func widen() {
        let old = Self.keptWidths[widthIndex]
        widthIndex += 1
        let new = Self.keptWidths[widthIndex]
        var merged: [Int64: (packets: Int, bytes: Int)] = [:]
        for (key, slot) in slots {
            let start = Self.start(of: key, width: old)
            let place = floorDivide(start, new)
            let there = merged[place] ?? (0, 0)
            merged[place] = (there.packets + slot.packets, there.bytes + slot.bytes)
        }
        slots = merged
    }

    /// Rounds towards the past, so that times before 1970 fall into the right slot.
    private func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
