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
    static let slotLimit = 4096

    /// Widths that people read easily, in nanoseconds: 1, 2, 5 of each power below a second, then clock steps.
    static let widths: [Int64] = {
        var all: [Int64] = []
        var power: Int64 = 1
        while power < 1_000_000_000 {
            all += [power, 2 * power, 5 * power]
            power *= 10
        }
        let clock: [Int64] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200]
        let days: [Int64] = [1, 2, 7, 14, 28, 91, 182, 365, 730, 1825, 3650, 18250, 36500, 106_751]
        return all + clock.map { $0 * 1_000_000_000 } + days.map { $0 * 86400 * 1_000_000_000 }
    }()

    private var widthIndex = 0
    private var slots: [Int64: (packets: Int, bytes: Int)] = [:]
    /// The slot of the last packet, kept out of the table because the next one mostly falls into it.
    private var openKey: Int64 = 0
    private var open = (packets: 0, bytes: 0)

    /// Counts one packet.
    mutating func add(_ time: Timestamp, bytes: Int) {
        let key = floorDivide(time.nanoseconds, Self.widths[widthIndex])
        if key != openKey || open.packets == 0 {
            close()
            openKey = floorDivide(time.nanoseconds, Self.widths[widthIndex])
        }
        open.packets += 1
        open.bytes += bytes
    }

    /// The slots in order of time, at most `rows` from the first to the last, with the empty ones between, and
    /// the width of one in nanoseconds. Empty without packets.
    func rows(atMost rows: Int) -> (width: Int64, slots: [Slot]) {
        var copy = self
        copy.close()
        guard !copy.slots.isEmpty else { return (Self.widths[0], []) }
        while copy.span >= rows, copy.widthIndex + 1 < Self.widths.count { copy.widen() }
        let width = Self.widths[copy.widthIndex]
        let first = copy.slots.keys.min() ?? 0
        let last = copy.slots.keys.max() ?? 0
        let all = (first...last).map { key in
            let slot = copy.slots[key] ?? (0, 0)
            return Slot(
                start: key.multipliedReportingOverflow(by: width).partialValue, packets: slot.packets, bytes: slot.bytes
            )
        }
        return (width, all)
    }

    /// Slots between the first and the last.
    private var span: Int64 { (slots.keys.max() ?? 0) - (slots.keys.min() ?? 0) }

    private mutating func close() {
        guard open.packets > 0 else { return }
        let old = slots[openKey] ?? (0, 0)
        slots[openKey] = (old.packets + open.packets, old.bytes + open.bytes)
        open = (0, 0)
        while slots.count > Self.slotLimit, widthIndex + 1 < Self.widths.count { widen() }
    }

    private mutating func widen() {
        let old = Self.widths[widthIndex]
        widthIndex += 1
        let new = Self.widths[widthIndex]
        var merged: [Int64: (packets: Int, bytes: Int)] = [:]
        for (key, slot) in slots {
            let start = key.multipliedReportingOverflow(by: old).partialValue
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
