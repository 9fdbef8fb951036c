import Foundation
import IPLog
import IPMonitor
import Primitives
import SystemCalls
import TestSupport

/// A run of ipmon in this process, with a machine of its own: fixed names, UTC, and everything written kept in memory.
final class MonitorHarness {
    let console = MemoryConsole()
    let syslog = MemorySyslog()
    var program = "ipmon"

    /// Runs, and returns the exit status.
    @discardableResult
    func run(_ arguments: String...) -> Int32 { run(arguments) }

    @discardableResult
    func run(_ arguments: [String]) -> Int32 {
        syslog.console = console
        return MonitorProgram(surroundings).run(arguments)
    }

    /// What was written to standard output and standard error, and said to syslog, in order.
    var text: String { String(decoding: console.bytes, as: UTF8.self) }

    private var surroundings: MonitorSurroundings {
        MonitorSurroundings(
            program: program, tables: { Self.tables }, zone: { _ in 0 }, host: { Self.hosts[$0.number] },
            console: console, syslog: syslog)
    }

    /// The hosts of the fixture's table.
    private static let hosts: [UInt32: String] = {
        var hosts: [UInt32: String] = [:]
        for line in String(decoding: Fixtures.bytes("ipmon/hosts"), as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            let octets = words[0].split(separator: ".").compactMap { UInt32($0) }
            guard octets.count == 4 else { continue }
            hosts[octets.reduce(0) { $0 << 8 | $1 }] = String(words[1])
        }
        return hosts
    }()

    static let tables: IPLogTables = {
        var tables = IPLogTables()
        for (name, number) in protocols { tables.add(protocol: number, name) }
        for (name, port) in services {
            tables.add(service: name, port: port, protocol: 6)
        }
        for (name, port) in datagramServices {
            tables.add(service: name, port: port, protocol: 17)
        }
        tables.add(network: "default", number: 0)
        tables.add(network: "loopback", number: 0x7F00_0000)
        tables.add(network: "link-local", number: 0xA9FE_0000)
        return tables
    }()

    private static let protocols: [(String, UInt8)] = [
        ("ip", 0), ("icmp", 1), ("igmp", 2), ("ipencap", 4), ("tcp", 6), ("egp", 8), ("udp", 17), ("ipv6", 41),
        ("ipv6-route", 43), ("ipv6-frag", 44), ("gre", 47), ("esp", 50), ("ah", 51), ("ipv6-icmp", 58),
        ("ipv6-nonxt", 59), ("ipv6-opts", 60), ("eigrp", 88), ("ospf", 89), ("pim", 103), ("vrrp", 112),
        ("sctp", 132), ("mobility-header", 135),
    ]

    private static let services: [(String, UInt16)] = [
        ("tcpmux", 1), ("ftp-data", 20), ("ftp", 21), ("ssh", 22), ("telnet", 23), ("smtp", 25), ("domain", 53),
        ("finger", 79), ("http", 80), ("nntp", 119), ("snmp", 161), ("https", 443), ("shell", 514), ("nfs", 2049),
        ("http-alt", 8080),
    ]

    private static let datagramServices: [(String, UInt16)] = [
        ("domain", 53), ("ntp", 123), ("snmp", 161), ("https", 443), ("syslog", 514), ("nfs", 2049),
    ]
}

final class MemoryConsole: MonitorConsole {
    var bytes: [UInt8] = []
    var isBroken = false

    func write(_ text: RawSpan) throws(SystemCallError) {
        if isBroken { throw SystemCallError(errno: .noSpace, call: "write") }
        text.withUnsafeBytes { bytes += $0 }
    }

    func report(_ line: String) { bytes += Array((line + "\n").utf8) }
}

/// Writes calls of syslog(3) as the fixtures have them.
final class MemorySyslog: MonitorSyslog {
    var console: MemoryConsole?

    func open(name: String, facility: Int32) {
        console?.bytes += Array("openlog ident=\(name) opt=9 fac=\(facility)\n".utf8)
    }

    func send(_ text: RawSpan, priority: Int32) {
        var line = Array("<\(priority)>".utf8)
        text.withUnsafeBytes { line += $0 }
        if line.last != UInt8(ascii: "\n") { line += Array("[no-nl]\n".utf8) }
        console?.bytes += line
    }
}
