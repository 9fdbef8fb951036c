import ControlMessages
import Settings
import SettingsStore

extension GatewayEngine {
    /// Plans, settings, and what an administrator should act on.
    var controlMetrics: [MetricFamily] {
        var conditions = MetricFamily(
            .gauge, "gatelog_conditions", "What an administrator should act on just now, by kind (docs/metrics.md).")
        var begun = MetricFamily(
            .counter, "gatelog_conditions_begun_total", "How often conditions of a kind began.")
        let standing = board.standing
        for kind in Condition.Kind.allCases {
            conditions.add(MetricValue(standing[kind] ?? 0), ["kind": kind.rawValue])
            begun.add(.whole(board.begun[kind] ?? 0), ["kind": kind.rawValue])
        }
        return [
            MetricFamily(
                .counter, "gatelog_plans_total", "Plans that were made and handed to the workers.",
                .whole(plan.number)),
            MetricFamily(
                .gauge, "gatelog_settings_version", "The version of the changed settings that holds.",
                MetricValue(settingsBoard.stored.version)),
            conditions, begun,
        ]
    }
}
