import Alerts
import ControlMessages

extension GatewayEngine {
    /// Alerts, by their names.
    var alertMetrics: [MetricFamily] {
        var matches = MetricFamily(
            .counter, "gatelog_alert_matches_total", "Lines that met the conditions of an alert.")
        var messages = MetricFamily(
            .counter, "gatelog_alert_messages_total", "Messages of an alert, by whether they arrived.")
        var held = MetricFamily(
            .counter, "gatelog_alert_held_back_lines_total", "Lines that the rate of an alert held back.")
        var missed = MetricFamily(
            .counter, "gatelog_alert_missed_lines_total", "Lines that an alert passed over, for it was too far behind.")
        for runner in alertService.all {
            let (name, report) = (runner.rule.name, runner.report)
            matches.add(.whole(report.matches), ["alert": name])
            messages.add(.whole(report.delivered), ["alert": name, "result": "delivered"])
            messages.add(.whole(report.failed), ["alert": name, "result": "failed"])
            held.add(.whole(report.heldBack), ["alert": name])
            missed.add(.whole(report.missed), ["alert": name])
        }
        return [matches, messages, held, missed]
    }
}
