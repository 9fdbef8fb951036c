import ControlMessages
import Testing

@testable import ControlAPI

@Suite("Metrics as text")
struct MetricsTextTests {
    static var families: [MetricFamily] {
        var lines = MetricFamily(.counter, "gatelog_log_lines_total", "Lines \\ with \"quotes\"\nand ends.")
        lines.add(.whole(.max), ["log": "debug"])
        lines.add(.real(0.5), ["log": "a\\b\"c\nd", "other": ""])
        var build = MetricFamily(.info, "gatelog_build_info", "The version.")
        build.add(.whole(1), ["version": "0.1.0"])
        let fill = MetricFamily(.gauge, "gatelog_fill_ratio", "How full.", .real(.infinity))
        return [lines, build, fill, MetricFamily(.gauge, "gatelog_none", "Nothing yet.")]
    }

    @Test("Prometheus' text format 0.0.4")
    func prometheus() {
        #expect(
            MetricsText(Self.families, as: .prometheus).text == #"""
                # HELP gatelog_log_lines_total Lines \\ with "quotes"\nand ends.
                # TYPE gatelog_log_lines_total counter
                gatelog_log_lines_total{log="debug"} 18446744073709551615
                gatelog_log_lines_total{log="a\\b\"c\nd",other=""} 0.5
                # HELP gatelog_build_info The version.
                # TYPE gatelog_build_info gauge
                gatelog_build_info{version="0.1.0"} 1
                # HELP gatelog_fill_ratio How full.
                # TYPE gatelog_fill_ratio gauge
                gatelog_fill_ratio +Inf
                # HELP gatelog_none Nothing yet.
                # TYPE gatelog_none gauge

                """#)
    }

    @Test("OpenMetrics 1.0.0")
    func openMetrics() {
        #expect(
            MetricsText(Self.families, as: .openMetrics).text == #"""
                # HELP gatelog_log_lines Lines \\ with \"quotes\"\nand ends.
                # TYPE gatelog_log_lines counter
                gatelog_log_lines_total{log="debug"} 18446744073709551615
                gatelog_log_lines_total{log="a\\b\"c\nd",other=""} 0.5
                # HELP gatelog_build The version.
                # TYPE gatelog_build info
                gatelog_build_info{version="0.1.0"} 1
                # HELP gatelog_fill_ratio How full.
                # TYPE gatelog_fill_ratio gauge
                gatelog_fill_ratio +Inf
                # HELP gatelog_none Nothing yet.
                # TYPE gatelog_none gauge
                # EOF

                """#)
    }

    @Test(
        "The form is what the client prefers",
        arguments: [
            (nil, MetricsForm.prometheus), ("*/*", .prometheus), ("text/plain", .prometheus),
            ("application/openmetrics-text", .openMetrics), ("application/openmetrics-text;q=0", .prometheus),
            // What Prometheus 2.42 and 3.0 send.
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                .openMetrics
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.4, */* ;q=0.1",
                .openMetrics
            ),
            ("text/plain;q=1, application/openmetrics-text;q=0.5", .prometheus), ("nonsense;q=x,,;", .prometheus),
        ] as [(String?, MetricsForm)])
    func negotiation(accept: String?, form: MetricsForm) {
        #expect(MetricsForm(accept: accept) == form)
    }
}

@Suite("Metrics over TCP are for this machine alone")
struct OwnHostTests {
    @Test(
        "A Host field that names this machine",
        arguments: [
            "127.0.0.1:9107", "127.0.0.1", "127.1.2.3:80", "localhost", "LocalHost:9107", "[::1]:9107", "[::1]",
        ])
    func own(host: String) {
        #expect(OwnHostOnly.isOwn(host))
    }

    @Test(
        "One that does not",
        arguments: [
            "", "evil.example", "127.0.0.1.evil.example", "127.evil", "10.0.0.1", "[::2]", "localhost.evil", ":9107",
        ])
    func foreign(host: String) {
        #expect(!OwnHostOnly.isOwn(host))
    }
}
