import ControlMessages

extension GatewayEngine {
    /// Who is logged in; numbers alone.
    var userMetrics: [MetricFamily] {
        let state = usersState
        var changes = MetricFamily(
            .counter, "gatelog_user_changes_total", "Changes of who is where, by what became of them.")
        for (result, count) in [
            ("login", state.logins), ("logout", state.logouts), ("timeout", state.timeouts),
            ("malformed", state.malformed), ("refused", state.refused), ("late", state.late),
        ] {
            changes.add(.whole(count), ["result": result])
        }
        return [
            MetricFamily(
                .gauge, "gatelog_user_addresses", "Addresses at which somebody is logged in.",
                MetricValue(state.loggedIn)),
            MetricFamily(.gauge, "gatelog_users_known", "Users who were heard of.", MetricValue(state.known)),
            changes,
        ]
    }

    /// The ipl log, by its units: ipl, ipnat, ipstate.
    var iplMetrics: [MetricFamily] {
        var records = MetricFamily(
            .counter, "gatelog_ipl_records_total", "Records of a unit of the ipl log, by what became of them.")
        var waiting = MetricFamily(.gauge, "gatelog_ipl_waiting_bytes", "Bytes that wait for a unit's reader.")
        var limit = MetricFamily(.gauge, "gatelog_ipl_buffer_bytes", "Bytes that may wait for a unit's reader.")
        var reader = MetricFamily(.gauge, "gatelog_ipl_reader", "1 while somebody reads a unit.")
        for state in iplStates {
            let unit = state.name
            for (result, count) in [
                ("written", state.written), ("read", state.read), ("merged", state.merged),
                ("dropped", state.dropped), ("flushed", state.flushed),
            ] {
                records.add(.whole(count), ["unit": unit, "result": result])
            }
            waiting.add(MetricValue(state.waiting), ["unit": unit])
            limit.add(MetricValue(state.limit), ["unit": unit])
            reader.add(MetricValue(state.reader != nil), ["unit": unit])
        }
        return [records, waiting, limit, reader]
    }
}
