import ControlMessages
import LiveCapture
import Settings
import Synchronization

extension GatewayEngine {
    /// Where packets and events come from, one source a worker.
    var sourceMetrics: [MetricFamily] {
        var packets = MetricFamily(
            .counter, "gatelog_source_packets_total",
            "Packets (of connections: events) that a source handed to its worker.")
        var bytes = MetricFamily(.counter, "gatelog_source_bytes_total", "Bytes of these packets on the wire.")
        var lost = MetricFamily(
            .counter, "gatelog_source_lost_packets_total",
            "Packets or events that the kernel dropped since nobody took them in time, by what was full.")
        var malformed = MetricFamily(
            .counter, "gatelog_source_malformed_total", "Messages of the kernel that could not be understood.")
        var fill = MetricFamily(
            .gauge, "gatelog_source_buffer_fill_ratio", "How full the ring or the socket's buffer was, from 0 to 1.")
        var up = MetricFamily(.gauge, "gatelog_source_up", "1 while the source is read.")
        var reports = sources.map { source in
            let reason = source.orders.feed == .firewallLog ? "socket_full" : "ring_full"
            return (name: source.orders.name, report: source.orders.report, reason: reason)
        }
        if let connections { reports.append((name: "connections", report: connections.latest, reason: "socket_full")) }
        for (name, report, reason) in reports {
            packets.add(.whole(report.counters.packets), ["source": name])
            bytes.add(.whole(report.counters.bytes), ["source": name])
            lost.add(.whole(report.counters.dropped), ["source": name, "reason": reason])
            malformed.add(.whole(report.counters.malformed), ["source": name])
            fill.add(MetricValue(Double(report.counters.fill) / 1000), ["source": name])
            up.add(MetricValue(report.state == .running), ["source": name])
        }
        return [packets, bytes, lost, malformed, fill, up, ringMemory] + connectionMetrics
    }

    private var ringMemory: MetricFamily {
        let size = options.replay == nil ? startDocument.capture.ring.value.bytes : 0
        return MetricFamily(
            .gauge, "gatelog_ring_memory_bytes", "Memory of all packet rings together.", MetricValue(size))
    }

    private var connectionMetrics: [MetricFamily] {
        var tracked = MetricFamily(
            .gauge, "gatelog_tracked_connections", "Connections that the kernel tracks now.")
        var most = MetricFamily(
            .gauge, "gatelog_tracked_connections_limit", "Connections that the kernel tracks at most.")
        if connections != nil {
            let tracking = ConnectionTracking.current()
            if let count = tracking.count { tracked.add(MetricValue(count)) }
            if let limit = tracking.most { most.add(MetricValue(limit)) }
        }
        return [tracked, most]
    }

    /// Expressions, and how many packets met them.
    var tapMetrics: [MetricFamily] {
        var matches = MetricFamily(
            .counter, "gatelog_tap_matches_total", "Packets that met an expression, by whom it is asked for.")
        for tap in plan.taps { matches.add(.whole(tap.counter.matches.load(ordering: .relaxed)), ["tap": tap.name]) }
        var opens = MetricFamily(
            .gauge, "gatelog_tap_opens_filter", "1 where the kernel's filter lets every packet through for it.")
        for effect in filter.effects { opens.add(MetricValue(effect.opens), ["tap": effect.demand.name]) }
        return [matches, opens]
    }
}
