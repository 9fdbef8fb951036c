public import Primitives

/// The text of records, byte for byte as ipmon of the release that wrote them prints it.
///
/// Appends whole lines to a buffer and allocates nothing in a steady state. Names of an interface, a group and a tag
/// have control characters escaped, which the original prints as they are.
public struct IPLogText: ~Copyable {
    /// How lines are written; the letters are ipmon's options.
    public struct Options: Hashable, Sendable {
        /// The date before the time: not where syslog adds one (`-s`).
        public var showsDate = true
        /// Sequence and acknowledgement numbers and window of TCP (`-v`).
        public var showsNumbers = false
        /// Names in place of addresses, and of ports too unless `numericPorts` (`-n`).
        public var namesHosts = false
        /// Ports are numbers (`-p`).
        public var numericPorts = false

        public init() {}
    }

    public var options: Options
    /// Names of protocols, always shown; of services and networks with `-n`.
    public var tables: IPLogTables {
        didSet { hosts.forget() }
    }
    var clock: IPLogClock
    var hosts: IPLogHosts
    /// AF_INET6 of the system that wrote the log; 0 while unknown.
    var numberOfV6: UInt8 = 0

    /// `zone` says how many seconds local time is ahead of UTC at a second since 1970, `host` how an address is called.
    public init(
        options: Options, tables: IPLogTables, zone: @escaping @Sendable (Int64) -> Int,
        host: @escaping @Sendable (IPv4Address) -> String? = { _ in nil }
    ) {
        self.options = options
        self.tables = tables
        clock = IPLogClock(offset: zone)
        hosts = IPLogHosts(ask: host)
    }

    /// Appends the line of the record at `place`, line end included, and says how urgent it is. The record must be
    /// one that `IPLogReader` found in these bytes.
    public mutating func append(
        _ bytes: RawSpan, _ place: IPLogReader.Place, _ unit: IPLogUnit, _ layout: IPLogLayout,
        to out: inout ByteBuffer
    ) -> IPLogPriority {
        let header = IPLogHeader(bytes, at: place.start, layout)
        let body = place.start &+ layout.headerSize
        switch unit {
        case .filter:
            return appendFilter(bytes, place, header, layout, to: &out)
        case .translation:
            appendTranslation(header, IPLogTranslationRecord(bytes, at: body, layout), layout, to: &out)
        case .state:
            appendState(header, IPLogStateRecord(bytes, at: body, layout), layout, to: &out)
        }
        return .informational
    }

    /// Appends what is said where a unit's records are missing: without a line end.
    public static func appendMissed(_ unit: IPLogUnit, expected: UInt32, found: UInt32, to out: inout ByteBuffer) {
        out.append("missed ")
        out.append(decimal: found &- expected)
        out.append(UInt8(ascii: " "))
        out.append(unit.name)
        out.append(" log entries: ")
        out.append(decimal: expected)
        out.append(UInt8(ascii: " "))
        out.append(decimal: found)
    }
}

/// A priority of syslog with its facility, as syslog(3) takes it.
public struct IPLogPriority: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt16

    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    @inlinable public static var emergency: IPLogPriority { IPLogPriority(rawValue: 0) }
    @inlinable public static var critical: IPLogPriority { IPLogPriority(rawValue: 2) }
    @inlinable public static var error: IPLogPriority { IPLogPriority(rawValue: 3) }
    @inlinable public static var warning: IPLogPriority { IPLogPriority(rawValue: 4) }
    @inlinable public static var notice: IPLogPriority { IPLogPriority(rawValue: 5) }
    @inlinable public static var informational: IPLogPriority { IPLogPriority(rawValue: 6) }
}
