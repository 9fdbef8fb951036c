public import ControlMessages
import Primitives
import SystemCalls

/// What monitoring systems are told. Each part of the engine has a file in this folder that makes families of its own
/// status; a new one is added to the list below, and to docs/metrics.md.
extension GatewayEngine {
    public func metrics() async -> [MetricFamily] {
        var families = processMetrics
        families += sourceMetrics
        families += tapMetrics
        families += logMetrics
        families += dumpMetrics
        families += alertMetrics
        families += controlMetrics
        families += syslogMetrics
        families += radiusMetrics
        families += nameMetrics
        families += userMetrics
        families += iplMetrics
        return families
    }

    private var processMetrics: [MetricFamily] {
        let usage = ProcessUsage()
        var build = MetricFamily(.info, "gatelog_build_info", "The version of this daemon; always 1.")
        build.add(.whole(1), ["version": options.version])
        return [
            build,
            MetricFamily(
                .gauge, "gatelog_start_time_seconds", "When the daemon began, in seconds since 1970.",
                MetricValue(Double(startedAt.nanoseconds) / 1e9)),
            MetricFamily(
                .counter, "process_cpu_seconds_total", "Time on processors, of all threads.",
                MetricValue(Double(usage.processorTime) / 1e9)),
            MetricFamily(
                .gauge, "process_resident_memory_bytes", "Resident memory.", MetricValue(usage.residentBytes)),
            MetricFamily(.gauge, "process_virtual_memory_bytes", "Virtual memory.", MetricValue(usage.virtualBytes)),
            MetricFamily(.gauge, "process_open_fds", "Open file descriptors.", MetricValue(usage.openFiles)),
            MetricFamily(.gauge, "process_max_fds", "File descriptors that may be open.", .whole(usage.mostFiles)),
            MetricFamily(.gauge, "process_threads", "Threads.", MetricValue(usage.threads)),
            MetricFamily(
                .gauge, "process_start_time_seconds", "When the process began, in seconds since 1970.",
                MetricValue(usage.startedAt)),
        ]
    }
}
