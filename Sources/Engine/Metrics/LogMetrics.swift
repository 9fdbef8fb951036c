import ControlMessages
import LogFiles
import LogIndex
import PacketDumps
import Settings

extension GatewayEngine {
    /// The log files.
    var logMetrics: [MetricFamily] {
        var lines = MetricFamily(.counter, "gatelog_log_lines_total", "Lines written to a log.")
        var written = MetricFamily(.counter, "gatelog_log_written_bytes_total", "Bytes of text written to a log.")
        var suppressed = MetricFamily(
            .counter, "gatelog_log_suppressed_lines_total", "Lines that a rate limit held back.")
        var lost = MetricFamily(
            .counter, "gatelog_log_lost_lines_total",
            "Lines that were lost since the writer was behind or the disk was full.")
        var rotations = MetricFamily(.counter, "gatelog_log_rotations_total", "Times that a new file was begun.")
        var segments = MetricFamily(.gauge, "gatelog_log_segments", "Rotated files of a log that are kept.")
        var size = MetricFamily(
            .gauge, "gatelog_log_size_bytes", "Bytes of all files of a log, rotated ones and the index too.")
        var suspended = MetricFamily(
            .gauge, "gatelog_log_suspended", "1 while a log cannot be written (disk full or broken).")
        for (name, writer) in logs.all {
            let (state, log) = (writer.state, name.rawValue)
            lines.add(.whole(state.lines), ["log": log])
            written.add(.whole(state.textBytes), ["log": log])
            suppressed.add(.whole(state.suppressed), ["log": log])
            lost.add(.whole(state.lost), ["log": log])
            rotations.add(.whole(state.rotations), ["log": log])
            segments.add(MetricValue(state.segments), ["log": log])
            size.add(MetricValue(state.bytes), ["log": log])
            suspended.add(MetricValue(state.suspension != nil), ["log": log])
        }
        var budget = MetricFamily(
            .gauge, "gatelog_log_budget_bytes", "Bytes that all log files together may take (logs.budget).")
        if let bytes = document.logs.budget.value?.bytes { budget.add(MetricValue(bytes)) }
        let removed = MetricFamily(
            .counter, "gatelog_log_budget_removed_files_total", "Rotated files removed since the budget was used up.",
            .whole(logs.budget.removedFiles))
        return [lines, written, suppressed, lost, rotations, segments, size, suspended, budget, removed]
    }

    /// Packet dumps: those that run by name, all of them together.
    var dumpMetrics: [MetricFamily] {
        let reports = dumpStore.list()
        var kept = MetricFamily(.gauge, "gatelog_dumps", "Packet dumps, by their state.")
        for phase in [DumpReport.Phase.running, .suspended, .finished] {
            kept.add(MetricValue(reports.count { $0.phase == phase }), ["state": phase.rawValue])
        }
        var packets = MetricFamily(.gauge, "gatelog_dump_packets", "Packets in the files of a dump that runs.")
        var size = MetricFamily(.gauge, "gatelog_dump_size_bytes", "Bytes of the files of a dump that runs.")
        var lost = MetricFamily(
            .counter, "gatelog_dump_lost_packets_total",
            "Packets that a running dump wanted and does not have, for the disk did not keep up.")
        for report in reports where report.phase != .finished {
            packets.add(.whole(report.packets), ["dump": report.order.name])
            size.add(.whole(report.bytes), ["dump": report.order.name])
            lost.add(.whole(report.lost), ["dump": report.order.name])
        }
        var budget = MetricFamily(
            .gauge, "gatelog_dumps_budget_bytes", "Bytes that all dumps together may take (dumps.budget).")
        if let bytes = document.dumps.budget.value?.bytes { budget.add(MetricValue(bytes)) }
        let all = MetricFamily(
            .gauge, "gatelog_dumps_size_bytes", "Bytes of all dumps.",
            .whole(reports.reduce(0) { $0 + $1.bytes }))
        return [kept, packets, size, lost, all, budget]
    }
}
