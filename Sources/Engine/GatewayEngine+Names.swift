import ControlMessages
import Expressions
import HostResolution
import Records
import Settings

/// Where names of hosts come from beside the packets that a worker sees itself.
struct HostPlan: Sendable {
    /// Nil where nobody is asked.
    var resolver: HostResolver?
    /// What DNS answers teach a worker is for others too: connections, the firewall's log.
    var shares = false
}

extension GatewayEngine {
    /// DNS answers are looked at for the Connection log, and for lines of the firewall's log that show names.
    func makeHostPlan(_ plan: Plan) -> HostPlan {
        // What a file of another time calls its hosts is not for the resolver of today to say.
        var hosts = HostPlan(resolver: options.replay == nil ? resolver : nil)
        let firewallShows =
            !document.firewallLog.groups.value.isEmpty && plan.lines.template.needs.contains(.hosts)
        hosts.shares = options.replay == nil && (namesConnections || firewallShows)
        return hosts
    }

    /// Whether records of connections have names.
    var namesConnections: Bool { document.connections.log.value && document.names.connections.value }

    var nameState: HostNameState {
        let report = resolver.report
        var state = HostNameState(resolver: document.names.resolver.value.rawValue)
        state.learned = report.learned
        state.questions = report.questions
        state.found = report.found
        state.missing = report.missing
        state.failed = report.failed
        state.refused = report.refused
        state.overflowed = report.overflowed
        state.waiting = report.waiting
        state.cached = report.cached
        return state
    }

    /// A resolver that hangs, or cannot keep up.
    func nameConditions() -> [Condition.Key: Condition] {
        let report = resolver.report
        var found: [Condition.Key: Condition] = [:]
        found["names overflow"] = Condition(
            .other, about: "names", "names of hosts are not asked for, for too many addresses wait",
            remedy: "Raise names.rate, or look at the system's resolver.",
            losses: .init(total: report.overflowed, unit: "addresses"))
        if report.asking > 0, report.oldest > 8_000_000_000 {
            found["names hang"] = Condition(
                .other, about: "names", "the system's resolver does not answer; names of hosts are missing",
                remedy: "Mend /etc/resolv.conf, or set names.resolver: off.")
        }
        return found
    }

    var nameMetrics: [MetricFamily] {
        let report = resolver.report
        var answers = MetricFamily(
            .counter, "gatelog_names_resolved_total", "Questions to the system's resolver, by what came of them.")
        let fates: KeyValuePairs<String, UInt64> = [
            "found": report.found, "missing": report.missing, "failed": report.failed, "refused": report.refused,
        ]
        for (fate, count) in fates { answers.add(.whole(count), ["result": fate]) }
        return [
            answers,
            MetricFamily(
                .counter, "gatelog_names_learned_total", "Names of addresses that DNS answers on the wire told.",
                .whole(report.learned)),
            MetricFamily(
                .counter, "gatelog_names_overflow_total", "Addresses that were not asked for: too many waited.",
                .whole(report.overflowed)),
            MetricFamily(
                .gauge, "gatelog_names_waiting", "Addresses that wait for the resolver.", MetricValue(report.waiting)),
            MetricFamily(
                .gauge, "gatelog_names_cached", "Addresses whose name is known, or known to be missing.",
                MetricValue(report.cached)),
        ]
    }
}

extension ResolverOptions {
    init(_ settings: HostNameSettings) {
        let scope: ResolverScope =
            switch settings.resolver.value {
            case .off: .nobody
            case .private: .ownNetworks
            case .all: .everybody
            }
        self.init(
            scope: scope, rate: settings.rate.value, keep: Int64(settings.keep.value.milliseconds) * 1_000_000,
            keepMissing: Int64(settings.keepMissing.value.milliseconds) * 1_000_000)
    }
}
