import Flows
import Inspection

/// What `gatelog inspect --stats` says.
enum InspectStatistics {
    static func text(_ counters: InspectionCounters) -> String {
        let streams = counters.streams
        let rows: [(String, UInt64)] = [
            ("packets", counters.packets), ("conversations", counters.flows.begun),
            ("conversations timed out", counters.flows.timedOut), ("conversations pushed out", counters.flows.evicted),
            ("packets without room for their conversation", counters.flows.refused),
            ("bytes of streams", streams.delivered), ("segments out of order", streams.outOfOrder),
            ("segments sent again", streams.retransmitted), ("of those without their first copy", streams.unverified),
            ("segments beyond the window", streams.outOfWindow), ("stray resets", streams.strayResets),
            ("gaps", streams.gaps), ("bytes missing", streams.gapBytes),
            ("holes given up", streams.waitingLimitHits), ("segments without memory", streams.memoryLimitHits),
            ("fragments", counters.datagrams.fragments), ("datagrams put together", counters.datagrams.whole),
            ("fragments refused", counters.datagrams.refused), ("datagrams timed out", counters.datagrams.timedOut),
            ("forged sources", counters.spoofed), ("packets of known intruders", counters.listed),
            ("FTP attacks", counters.ftpAttacks), ("bytes that contradict each other", counters.conflicts),
            ("repetitions not told", counters.repeated),
        ]
        let width = rows.map(\.0.count).max() ?? 0
        let shown = rows.filter { $0.1 > 0 || $0.0 == "packets" }.map { name, count in
            let blanks = String(repeating: " ", count: width - name.count + 2)
            return name + blanks + HumanNumbers.grouped(Int(clamping: count))
        }
        return shown.joined(separator: "\n") + "\n"
    }
}
