import ControlMessages
import Primitives
import Records
import TestSupport
import Testing

@testable import CommandLineTool

/// What people see of the daemon, from made-up states. The goldens are there to be looked at.
@Suite("The daemon's tables")
struct DaemonTableTests {
    static let times = DaemonTimes(zone: .utc, now: Timestamp(seconds: 1_795_258_840, nanoseconds: 0))

    static var fresh: EngineStatus {
        EngineStatus(
            version: "0.1.0", gateway: "gw", startedAt: "2026-11-21T10:00:00Z", processID: 4711,
            residentBytes: 12_400_000)
    }

    static func source(_ name: String, _ state: String, _ packets: UInt64, lost: UInt64 = 0) -> SourceState {
        var source = SourceState(name: name, state: state)
        source.packets = packets
        source.bytes = packets * 549
        source.dropped = lost
        source.malformed = packets / 100_000
        source.fill = lost > 0 ? 998 : packets > 1000 ? 31 : 0
        return source
    }

    static func demand(
        _ name: String, _ expression: String, opens: Bool, _ undecided: [String], _ matches: UInt64
    ) -> DemandState {
        var demand = DemandState(name: name, expression: expression, opensFilter: opens)
        demand.undecided = undecided
        demand.matches = matches
        return demand
    }

    static func log(_ name: String, _ lines: UInt64, lost: UInt64 = 0, suspended: String? = nil) -> LogState {
        var log = LogState(name: name, path: "/var/log/gatelog/\(name).log")
        log.lines = lines
        log.bytes = lines * 190
        log.segments = lines > 1_000_000 ? 4 : 0
        log.suppressed = lines > 1_000_000 ? 120_000 : 0
        log.lost = lost
        log.suspended = suspended
        return log
    }

    static func dump(
        _ name: String, _ expression: String, _ phase: DumpState.Phase, _ reason: String? = nil, lost: UInt64 = 0
    ) -> DumpState {
        var dump = DumpState(
            name: name, expression: expression, phase: phase, startedBy: "jane", startedAt: "2026-11-21T09:30:00Z")
        dump.reason = reason
        dump.packets = 10_000
        dump.bytes = 1_234_567
        dump.lost = lost
        dump.files = 1
        return dump
    }

    static var dumps: [DumpState] {
        [
            dump("dns", "port = 53", .running),
            dump("office", "addr = list:\"office\"", .finished, "size limit reached"),
            dump("all", "any", .suspended, "the disk is full", lost: 4711),
        ]
    }

    static var busy: EngineStatus {
        var status = fresh
        status.residentBytes = 93_400_000
        status.sources = [
            source("capture 0", "running", 1_769_027), source("capture 1", "running", 1_802_113, lost: 40_391),
            source("firewall log 5", "running", 12), source("connections", "nf_conntrack is not loaded", 0),
        ]
        status.demands = [
            demand("packet logging", "port = 80 & tcpfl = SYN", opens: false, [], 21_585),
            demand("dump office", "host = \"*.example.com\" | host = \"*.example.org\"", opens: true, ["host"], 17),
            demand("dump dns", "port = 53 & len > 512", opens: false, ["len"], 3),
            demand("names", "any", opens: true, [], 0),
        ]
        status.logs = [
            log("debug", 2_000_000), log("filter", 12, lost: 3, suspended: "the disk is full"), log("security", 1),
        ]
        status.dumps = dumps
        status.problems = [
            "capture 1 lost 40,391 packets: narrow the expression, or raise capture.ring_mebibytes",
            "the disk of /var/log is full: make room;\nlogging goes on by itself",
            "forged\u{1B}[31m name",
        ]
        return status
    }

    @Test("Status: a daemon that just began")
    func freshStatus() {
        Golden.check(StatusText(Self.fresh, times: Self.times).text, "commands/status-fresh.txt")
    }

    @Test("Status: a daemon with everything, and everything wrong")
    func busyStatus() {
        Golden.check(StatusText(Self.busy, times: Self.times).text, "commands/status-busy.txt")
    }

    @Test("Status: rates of two moments")
    func rates() {
        var later = Self.busy
        later.sources[0].packets += 250_000
        later.sources.append(Self.source("replay", "running", 4))
        let before = StatusText.Moment(status: Self.busy, nanoseconds: 1_000_000_000)
        let text = StatusText(later, times: Self.times, before: before, monotonic: 3_000_000_000).text
        #expect(text.contains("125,000"))
        Golden.check(text, "commands/status-watch.txt")
    }

    @Test("Colours do not move the columns")
    func colors() {
        let plain = StatusText(Self.busy, times: Self.times).text
        let painted = StatusText(Self.busy, times: Self.times) { text, _ in "\u{1B}[1;31m\(text)\u{1B}[0m" }.text
        #expect(painted != plain)
        let bare = painted.replacing("\u{1B}[1;31m", with: "").replacing("\u{1B}[0m", with: "")
        #expect(bare == plain)
    }

    @Test("Packet logging, dumps, interfaces, lists, settings")
    func tables() {
        var text = PacketLogCommand.text(PacketLogState(expression: nil)) + "\n"
        var logging = PacketLogState(expression: "port = 80 &\n  tcpfl = SYN")
        logging.meaning = "TCP packets to or from port 80 with SYN set."
        logging.matches = 21_585
        text += PacketLogCommand.text(logging) + "\n"
        logging.suppressed = 1200
        text += PacketLogCommand.text(logging) + "\n"
        text += DumpTable(Self.dumps, times: Self.times).text + "\n"
        var internet = InterfaceState(
            name: "Internet", device: "eth0", index: 2, kind: "ethernet", trusted: false, isUp: true, isCaptured: true)
        internet.addresses = ["192.0.2.1/24", "2001:db8::1/64"]
        let tunnel = InterfaceState(
            name: "wg0", device: "wg0", index: 7, kind: "vpn", trusted: nil, isUp: false, isCaptured: false)
        text += InterfaceListCommand.text([internet, tunnel]) + "\n"
        var office = AddressListState(name: "office", ranges: 12_345)
        office.files = ["/etc/gatelog/office.txt", "/etc/gatelog/branch.txt"]
        text += ListListCommand.text([office, AddressListState(name: "dmz", ranges: 1)]) + "\n"
        text += ListListCommand.text([]) + "\n"
        let settings = [
            SettingState(key: "gateway", value: "gw", origin: "gatelog.yaml:3:10"),
            SettingState(key: "logs.debug.keep", value: "12", origin: "changed by jane, 2026-11-21T10:00:00Z"),
        ]
        text += SettingsShowCommand.text(settings, showsOrigin: false) + "\n"
        text += SettingsShowCommand.text(settings, showsOrigin: true)
        Golden.check(text, "commands/tables.txt")
    }

    @Test(
        "Times that are none stay as they are, and cannot steer the terminal",
        arguments: [("", ""), ("yesterday", "yesterday"), ("\u{1B}[2J", "\\x1b[2J")])
    func strangeTimes(text: String, shown: String) {
        #expect(Self.times.local(text) == shown)
        #expect(Self.times.since(text) == nil)
    }
}
