import ControlMessages

/// The forms in which metrics are told.
enum MetricsForm: Hashable, Sendable {
    /// Prometheus' text format 0.0.4
    /// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
    case prometheus
    /// OpenMetrics 1.0.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/).
    case openMetrics

    var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// What a client prefers by its Accept header (RFC 9110 section 12.5.1); the older form where it does not say.
    init(accept: String?) {
        var weights: (plain: Double, open: Double) = (0, 0)
        for range in (accept ?? "").split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            switch parts.first {
            case "application/openmetrics-text": weights.open = max(weights.open, weight)
            case "text/plain", "text/*", "*/*": weights.plain = max(weights.plain, weight)
            default: continue
            }
        }
        self = weights.open > weights.plain ? .openMetrics : .prometheus
    }
}

/// Writes metrics as text.
struct MetricsText {
    private let form: MetricsForm
    private(set) var text = ""

    init(_ families: [MetricFamily], as form: MetricsForm) {
        self.form = form
        for family in families { append(family) }
        if form == .openMetrics { text += "# EOF\n" }
    }

    private mutating func append(_ family: MetricFamily) {
        let name = form == .openMetrics ? Self.baseName(of: family) : family.name
        text += "# HELP \(name) \(escaped(family.help, quotes: form == .openMetrics))\n"
        text += "# TYPE \(name) \(typeName(of: family.kind))\n"
        for sample in family.samples {
            text += family.name
            var separator = "{"
            for label in sample.labels {
                text += "\(separator)\(label.name)=\"\(escaped(label.value, quotes: true))\""
                separator = ","
            }
            if !sample.labels.isEmpty { text += "}" }
            text += " \(Self.number(sample.value))\n"
        }
    }

    /// OpenMetrics names a family without the ending that its samples have.
    private static func baseName(of family: MetricFamily) -> String {
        let ending =
            switch family.kind {
            case .counter: "_total"
            case .info: "_info"
            case .gauge: ""
            }
        return family.name.hasSuffix(ending) ? String(family.name.dropLast(ending.count)) : family.name
    }

    private func typeName(of kind: MetricFamily.Kind) -> String {
        switch kind {
        case .counter: "counter"
        case .gauge: "gauge"
        case .info: form == .openMetrics ? "info" : "gauge"
        }
    }

    private func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    private static func number(_ value: MetricValue) -> String {
        switch value {
        case .whole(let number): return "\(number)"
        case .real(let number) where number.isNaN: return "NaN"
        case .real(let number) where number.isInfinite: return number < 0 ? "-Inf" : "+Inf"
        case .real(let number): return "\(number)"
        }
    }
}
