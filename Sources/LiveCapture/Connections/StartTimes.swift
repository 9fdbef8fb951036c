public import Primitives
public import Records

/// When connections began, for kernels that keep no time stamps: remembered from their first event, forgotten with
/// their last one. Bounded; the keys are the network's.
struct StartTimes: ~Copyable {
    /// Nanoseconds since 1970.
    private var table: SeededTable<Int64>

    /// Entries that had to make room while their connections were there: those end without a duration.
    var evicted: Int { table.evicted }

    init(capacity: Int, seed: UInt64) {
        table = SeededTable(capacity: capacity, seed: seed, vacantValue: 0)
    }

    /// Learns from an event, and tells a record what it lacks.
    mutating func settle(_ event: inout ConnectionEvent) {
        let record = event.record
        switch event.kind {
        case .new:
            if !record.present.contains(.started) {
                table.store(record.time.nanoseconds, for: record.key, at: record.time)
                event.record.started = record.time
                event.record.present.insert(.started)
            }
        case .updated, .destroyed:
            guard !record.present.contains(.started) else { return }
            let key = record.key
            guard let started = table.value(of: key, at: record.time) else { return }
            event.record.started = Timestamp(nanoseconds: started)
            event.record.present.insert(.started)
            // As old as can be: it is found no more, and makes room first.
            if event.kind == .destroyed { table.store(started, for: key, at: Timestamp(nanoseconds: .min)) }
        }
    }

}

extension ConnectionRecord {
    /// The original direction, protocol and zone: what makes a connection one.
    public var key: TableKey {
        let ends = original
        let (source, destination) =
            present.contains(.icmp)
            ? (icmpID, UInt16(icmpType) << 8 | UInt16(icmpCode)) : (ends.sourcePort, ends.destinationPort)
        let rest =
            UInt64(source) << 48 | UInt64(destination) << 32 | UInt64(zone) << 16 | UInt64(protocolNumber)
        return TableKey(
            ends.source.high, ends.source.low, ends.destination.high, ends.destination.low, rest)
    }
}
