import LogIndex
import PacketDumps
import Settings

/// Says in the Debug log when dumps end. Called on the dumps' thread; nothing here waits.
enum DumpReporter {
    static func report(_ event: DumpEvent, _ logs: LogSet) {
        switch event {
        case .ended(let report):
            let why = report.reason.map { ": \($0)" } ?? ""
            let lost = report.lost > 0 ? ", \(report.lost) lost" : ""
            logs.say(
                .debug, .engine,
                "{dumps} \(report.order.name) ended\(why); \(report.packets) packets, \(report.bytes) bytes\(lost)")
        // What lasts is told by the housekeeping, as long as it lasts.
        case .suspended, .resumed: return
        }
    }
}
