public import IPLog
public import Primitives
public import SystemCalls

/// Whatever a run of ipmon takes from its machine; tests bring their own.
public struct MonitorSurroundings {
    /// What the program was called as: argv[0].
    public var program: String
    /// Names of protocols, services and networks; asked for at the start and at each SIGHUP.
    public var tables: () -> IPLogTables
    /// How many seconds local time is ahead of UTC at a second since 1970.
    public var zone: @Sendable (Int64) -> Int
    /// The name of a host; nil where it has none.
    public var host: @Sendable (IPv4Address) -> String?
    public var console: any MonitorConsole
    public var syslog: any MonitorSyslog

    public init(
        program: String, tables: @escaping () -> IPLogTables, zone: @escaping @Sendable (Int64) -> Int,
        host: @escaping @Sendable (IPv4Address) -> String?, console: any MonitorConsole, syslog: any MonitorSyslog
    ) {
        self.program = program
        self.tables = tables
        self.zone = zone
        self.host = host
        self.console = console
        self.syslog = syslog
    }
}

/// Standard output and standard error.
public protocol MonitorConsole: AnyObject {
    /// Writes text to standard output.
    func write(_ text: RawSpan) throws(SystemCallError)
    /// Writes a line to standard error; its end is added.
    func report(_ line: String)
}

/// The system's log.
public protocol MonitorSyslog: AnyObject {
    /// Opens the log: the name before each message, and the facility of those that have none.
    func open(name: String, facility: Int32)
    /// Sends a message.
    func send(_ text: RawSpan, priority: Int32)
}

extension MonitorSyslog {
    func send(_ text: String, priority: Int32) {
        send(text.utf8Span.span.bytes, priority: priority)
    }
}

extension MonitorSurroundings {
    /// The machine's own, with the names that its C library gives.
    public static func ofMachine(program: String) -> MonitorSurroundings {
        MonitorSurroundings(
            program: program, tables: machineTables, zone: { LocalZone.offset(at: $0) },
            host: { NetworkDatabase.host($0.number) }, console: Terminal(), syslog: MachineLog())
    }

    private static func machineTables() -> IPLogTables {
        var tables = IPLogTables()
        NetworkDatabase.eachProtocol { name, number in
            if let number = UInt8(exactly: number) { tables.add(protocol: number, name) }
        }
        NetworkDatabase.eachService { name, port, transport in
            switch transport {
            case "tcp": tables.add(service: name, port: port, protocol: 6)
            case "udp": tables.add(service: name, port: port, protocol: 17)
            default: break
            }
        }
        NetworkDatabase.eachNetwork { name, number in tables.add(network: name, number: number) }
        return tables
    }
}

private final class Terminal: MonitorConsole {
    func write(_ text: RawSpan) throws(SystemCallError) {
        try FileDescriptor.standardOutput.write(text)
    }

    func report(_ line: String) {
        // Nobody is left to be told where this fails.
        try? FileDescriptor.standardError.write((line + "\n").utf8Span.span.bytes)
    }
}

private final class MachineLog: MonitorSyslog {
    func open(name: String, facility: Int32) { SystemLog.open(name: name, facility: facility) }
    func send(_ text: RawSpan, priority: Int32) { SystemLog.send(text, priority: priority) }
}
