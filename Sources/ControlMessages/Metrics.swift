/// Numbers of one kind that the daemon tells a monitoring system: a name, what it means, and a number for each set of
/// labels. Names follow Prometheus' conventions (https://prometheus.io/docs/practices/naming/): base units, counters
/// end with `_total`. A family without samples is told too, so that who asks for it learns that it exists.
public struct MetricFamily: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Only rises, from the start of the process on. Its name ends with `_total`.
        case counter
        /// Goes up and down.
        case gauge
        /// Always 1; its labels are what it tells. Its name ends with `_info`.
        case info
    }

    /// A number of the family.
    public struct Sample: Hashable, Sendable {
        /// In the order in which they are told; values may be any text.
        public var labels: [Label]
        public var value: MetricValue
    }

    public struct Label: Hashable, Sendable {
        public var name: String
        public var value: String
    }

    public let kind: Kind
    /// "gatelog_source_packets_total".
    public let name: String
    /// A sentence for people.
    public let help: String
    public private(set) var samples: [Sample] = []

    public init(_ kind: Kind, _ name: String, _ help: String) {
        self.kind = kind
        self.name = name
        self.help = help
    }

    /// A family of one number.
    public init(_ kind: Kind, _ name: String, _ help: String, _ value: MetricValue) {
        self.init(kind, name, help)
        add(value)
    }

    /// Adds a number. What labels say has to be bounded: names of sources, logs or kinds, never addresses or expressions.
    public mutating func add(_ value: MetricValue, _ labels: KeyValuePairs<String, String> = [:]) {
        samples.append(Sample(labels: labels.map { Label(name: $0.key, value: $0.value) }, value: value))
    }
}

/// A number as it is told: whole ones to the last digit.
public enum MetricValue: Hashable, Sendable {
    case whole(UInt64)
    case real(Double)

    public init(_ value: some BinaryInteger) {
        self = value < 0 ? .real(Double(value)) : .whole(UInt64(clamping: value))
    }

    public init(_ value: Double) { self = .real(value) }

    public init(_ value: Bool) { self = .whole(value ? 1 : 0) }
}
