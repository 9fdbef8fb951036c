import PacketDecoding
import Primitives
import Records

/// The stretch of time that --from and --to leave: from the first to before the last.
struct TimeWindow {
    private let from: TimePoint?
    private let to: TimePoint?
    private let zone: ZoneTable
    private var lower = Timestamp(nanoseconds: .min)
    private var upper = Timestamp(nanoseconds: .max)
    private var isResolved: Bool
    /// Every packet is inside.
    let isOpen: Bool

    init(from: TimePoint?, to: TimePoint?, zone: ZoneTable) {
        self.from = from
        self.to = to
        self.zone = zone
        isOpen = from == nil && to == nil
        isResolved = isOpen
    }

    /// Whether a packet of that time is inside. The first one asked for decides which day a time of day is on.
    mutating func contains(_ time: Timestamp) -> Bool {
        if !isResolved {
            isResolved = true
            if let from { lower = from.resolved(first: time, zone: zone) }
            if let to { upper = to.resolved(first: time, zone: zone) }
        }
        return isOpen || time >= lower && time < upper
    }
}
