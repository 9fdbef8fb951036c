import ControlMessages
import RadiusAccounting

extension GatewayEngine {
    /// RADIUS accounting, by client and by what became of a packet.
    var radiusMetrics: [MetricFamily] {
        var packets = MetricFamily(
            .counter, "gatelog_radius_packets_total", "RADIUS packets, by client and what became of them.")
        var sessions = MetricFamily(.gauge, "gatelog_radius_sessions", "RADIUS sessions that are open.")
        var timedOut = MetricFamily(
            .counter, "gatelog_radius_sessions_timed_out_total", "RADIUS sessions that nobody renewed.")
        var lost = MetricFamily(
            .counter, "gatelog_radius_lost_packets_total", "RADIUS packets that the kernel dropped.")
        var strangers = MetricFamily(
            .counter, "gatelog_radius_unknown_clients_total", "RADIUS packets from addresses that no client has.")
        guard let report = radius?.report else { return [packets, sessions, timedOut, lost, strangers] }
        for client in report.clients {
            let counters = client.counters
            let fates: KeyValuePairs<String, UInt64> = [
                "start": counters.starts, "interim": counters.interims, "stop": counters.stops,
                "restart": counters.restarts, "other": counters.others, "duplicate": counters.duplicates,
                "replay": counters.replays, "untimely": counters.untimely, "stale": counters.stale,
                "bad_authenticator": counters.badAuthenticators, "malformed": counters.malformed,
                "refused": counters.refused,
            ]
            for (fate, count) in fates { packets.add(.whole(count), ["client": client.name, "result": fate]) }
        }
        sessions.add(MetricValue(report.sessions))
        timedOut.add(.whole(report.timedOut))
        lost.add(.whole(report.dropped))
        strangers.add(.whole(report.strangers))
        return [packets, sessions, timedOut, lost, strangers]
    }
}
