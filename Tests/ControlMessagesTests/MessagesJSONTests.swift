import ControlMessages
import Foundation
import TestSupport
import Testing

/// The shapes are a promise to programs: a name that changes here breaks somebody's script.
@Suite("The messages as JSON")
struct MessagesJSONTests {
    @Test("Every message has the fields that were promised, in snake case")
    func shapes() throws {
        var text = ""
        func add(_ name: String, _ message: some Encodable) throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            text += "\(name)\n\(String(decoding: try encoder.encode(message), as: UTF8.self))\n\n"
        }
        try add("status", Samples.status)
        try add("packet-log", Samples.packetLog)
        try add("explain", ExpressionReport(canonical: "port = 80", meaning: "Packets to or from port 80."))
        try add("dump request", Samples.dumpRequest)
        try add("log page", Samples.page)
        try add("interfaces", Listing([Samples.interface]))
        try add("list", Samples.list)
        try add("setting", SettingState(key: "logs.debug.keep", value: "8", origin: "default"))
        try add("setting value", SettingValue("8"))
        try add("expression", ExpressionText("any"))
        try add("error", ControlError(.notFound, "there is no dump \"x\""))
        try add("actor", ControlActor(name: "jane", from: "unix socket, pid 4711"))
        Golden.check(text, "control/messages.txt")
        let names = text.matches(of: /"(\w+)" :/).map(\.1)
        #expect(names.allSatisfy { $0 == $0.lowercased() }, "a field is not in snake case")
    }

    @Test("What was encoded is decoded to the same")
    func roundTrips() throws {
        func same<Message: Codable & Equatable>(_ message: Message) throws {
            let data = try JSONEncoder().encode(message)
            #expect(try JSONDecoder().decode(Message.self, from: data) == message)
        }
        try same(Samples.status)
        try same(Samples.packetLog)
        try same(Samples.dumpRequest)
        try same(Samples.page)
        try same(Samples.interface)
        try same(Samples.list)
    }

    @Test("A dump needs a name and an expression, no more")
    func smallestDump() throws {
        let request = try JSONDecoder().decode(
            DumpRequest.self, from: Data(#"{"name": "a", "expression": "any"}"#.utf8))
        #expect(request == DumpRequest(name: "a", expression: "any"))
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(DumpRequest.self, from: Data(#"{"name": "a"}"#.utf8))
        }
    }

    @Test(
        "Names of dumps cannot leave their folder",
        arguments: [
            ("office", true), ("a.b-c_D9", true), ("", false), (".hidden", false), ("..", false), ("a/b", false),
            ("a b", false), ("ä", false), (String(repeating: "x", count: 64), true),
            (String(repeating: "x", count: 65), false), ("a\0", false),
        ])
    func dumpNames(name: String, allowed: Bool) {
        #expect(DumpRequest.isName(name) == allowed)
    }
}

/// One message of each kind with every field set.
enum Samples {
    static var status: EngineStatus {
        var status = EngineStatus(
            version: "0.1.0", gateway: "gw", startedAt: "2026-11-21T10:00:00Z", processID: 4711,
            residentBytes: 93_000_000)
        var source = SourceState(name: "capture 0", state: "running")
        source.packets = 1_769_027
        source.bytes = 972_000_000
        source.dropped = 3
        source.malformed = 1
        source.fill = 125
        status.sources = [source]
        var demand = DemandState(name: "packet logging", expression: "host = \"*.example.com\"", opensFilter: true)
        demand.undecided = ["host"]
        demand.matches = 17
        status.demands = [demand]
        var log = LogState(name: "debug", path: "/var/log/gatelog/debug.log")
        log.lines = 17
        log.bytes = 3300
        log.segments = 2
        log.suppressed = 5
        log.lost = 1
        log.suspended = "the disk is full"
        status.logs = [log]
        status.dumps = [dump]
        var receiver = SyslogState(name: "central", address: "tls logs.example.com:6514", state: "connected")
        receiver.sent = 17
        receiver.bytes = 3300
        receiver.waitingBytes = 120
        receiver.waitingLines = 1
        receiver.oldest = "2026-11-21T10:00:00Z"
        receiver.lost = 3
        receiver.cut = 2
        receiver.lastError = "Connection refused"
        status.syslog = [receiver]
        status.problems = ["the disk of /var/log is full: make room, logging goes on by itself"]
        status.conditions = [
            ConditionState(
                kind: "packet_loss", subject: "capture 0", severity: .warning, text: "packets are lost (12 so far)",
                remedy: "Narrow the expression.", since: "2026-11-21T10:00:00Z", times: 1, lost: 12)
        ]
        return status
    }

    static var dump: DumpState {
        var dump = DumpState(
            name: "office", expression: "port = 80", phase: .finished, startedBy: "jane",
            startedAt: "2026-11-21T10:00:00Z")
        dump.reason = "size limit reached"
        dump.endedAt = "2026-11-21T10:05:00Z"
        dump.packets = 1000
        dump.bytes = 1_000_000
        dump.lost = 2
        dump.files = 1
        return dump
    }

    static var dumpRequest: DumpRequest {
        var request = DumpRequest(name: "office", expression: "port = 80")
        request.maxSize = 1_000_000
        request.maxSeconds = 300
        request.maxPackets = 1000
        request.snapLength = 128
        request.ring = 4
        request.replaces = true
        return request
    }

    static var packetLog: PacketLogState {
        var state = PacketLogState(expression: "port = 80")
        state.meaning = "Packets to or from port 80."
        state.warnings = ["nothing is on port 80 here"]
        state.matches = 4
        state.suppressed = 1
        return state
    }

    static var page: LogPage {
        var page = LogPage(lines: ["[21/Nov/2026 10:00:00] {pktlog} packet from WAN"], more: true)
        page.records = [#"{"kind":"packet"}"#]
        page.first = "3:0"
        page.next = "3:48"
        page.missed = 9
        return page
    }

    static var interface: InterfaceState {
        var interface = InterfaceState(
            name: "Internet", device: "eth0", index: 2, kind: "ethernet", trusted: false, isUp: true, isCaptured: true)
        interface.addresses = ["192.0.2.1/24"]
        return interface
    }

    static var list: AddressListState {
        var list = AddressListState(name: "office", ranges: 1)
        list.sample = ["10.0.0.0/8"]
        list.files = ["/etc/gatelog/office.txt"]
        return list
    }
}
