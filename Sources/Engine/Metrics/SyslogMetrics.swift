import ControlMessages
import SyslogForwarding

extension GatewayEngine {
    /// Syslog receivers, by their names.
    var syslogMetrics: [MetricFamily] {
        var connected = MetricFamily(.gauge, "gatelog_syslog_connected", "1 while a syslog receiver is connected.")
        var sent = MetricFamily(
            .counter, "gatelog_syslog_sent_messages_total", "Messages that a syslog receiver has taken.")
        var bytes = MetricFamily(.counter, "gatelog_syslog_sent_bytes_total", "Bytes of these messages.")
        var waiting = MetricFamily(
            .gauge, "gatelog_syslog_waiting_bytes", "Bytes of log files that wait for a syslog receiver.")
        var lines = MetricFamily(.gauge, "gatelog_syslog_waiting_lines", "Lines that wait for a syslog receiver.")
        var lost = MetricFamily(
            .counter, "gatelog_syslog_lost_lines_total",
            "Lines that a syslog receiver will not get: its queue was full, or they were removed before.")
        var cut = MetricFamily(
            .counter, "gatelog_syslog_cut_messages_total", "Messages that were longer than a receiver's size.")
        for state in syslogService.states {
            let labels: KeyValuePairs = ["receiver": state.name]
            connected.add(MetricValue(state.phase == .connected), labels)
            sent.add(.whole(state.sent), labels)
            bytes.add(.whole(state.bytes), labels)
            waiting.add(.whole(state.waitingBytes), labels)
            lines.add(.whole(state.waitingLines), labels)
            lost.add(.whole(state.lost), labels)
            cut.add(.whole(state.cut), labels)
        }
        return [connected, sent, bytes, waiting, lines, lost, cut]
    }
}
