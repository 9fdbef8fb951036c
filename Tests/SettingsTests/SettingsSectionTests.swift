import Foundation
import TestSupport
import Testing

@testable import Settings

@Suite("Settings: the daemon's sections")
struct SettingsSectionTests {
    @Test("Every default of the example is the code's")
    func exampleDefaults() throws {
        let example = String(decoding: try Fixtures.resource("gatelog.example.yaml"), as: UTF8.self)
        let shown = try SettingsDocument(parsing: example, file: "t.yaml").effective
        let standard = SettingsDocument(file: "t.yaml").effective
        let named = ["interfaces", "groups", "users", "services", "databases", "syslog"]
        // What is shown of one log is there to show a difference.
        let fixed = shown.filter { !named.contains($0.key.path[0]) && !"\($0.key)".hasPrefix("logs.security.") }
        for setting in fixed {
            let initial = standard.first { $0.key == setting.key }
            #expect(setting.value == initial?.value, "\(setting.key)")
            #expect(setting.origin != .standard, "\(setting.key) is missing in the example")
        }
        #expect(fixed.count > 40)
        #expect(standard.allSatisfy { $0.origin == .standard })
        #expect(standard.count == fixed.count + 3)
    }

    @Test("What is written is what is meant")
    func values() throws {
        let settings = try SettingsDocument(
            parsing: """
                gateway: Branch 7
                capture: { interfaces: [Internet, eth1], workers: auto, ring: 1.5 GB, snap_length: 128, promiscuous: true }
                firewall_log: { groups: [0, 65535], filter_log: false, buffer: 1 MiB }
                connections: { log: false, buffer: 65536 }
                packet_log: { expression: port = 80, rate: 1000, burst: 1 }
                logs: { rotate: never, size: none, keep: all, budget: none, compress: false, messages: [drops],
                  filter: { rotate: weekly, keep: 0 }, template: "%SRC%", dialect: winroute }
                dumps: { budget: 1 TiB, max_time: 90 s }
                api: { group: wheel, readers: users }
                """, file: "t.yaml")
        #expect(settings.gateway.value == "Branch 7")
        guard case .only(let names) = settings.capture.interfaces.value else {
            Issue.record("all interfaces")
            return
        }
        #expect(names.map(\.value) == ["Internet", "eth1"])
        #expect(names[1].place == SettingsPlace(line: 2, column: 35))
        #expect(settings.capture.workers.value == nil)
        #expect(settings.capture.ring.value.bytes == 1_500_000_000)
        #expect(settings.capture.snapLength.value == 128)
        #expect(settings.capture.promiscuous.value)
        #expect(settings.firewallLog.groups.value == [0, 65_535])
        #expect(!settings.firewallLog.filterLog.value)
        #expect(settings.connections.buffer.value == .kibibytes(64))
        #expect(settings.packetLog.rate.value == 1000)
        #expect(settings.packetLog.expression.written == Located("port = 80", at: SettingsPlace(line: 5, column: 27)))
        #expect(settings.logs[.debug].size.value == nil)
        #expect(settings.logs[.debug].keep.value == nil)
        #expect(settings.logs[.debug].rotate.value == .never)
        #expect(settings.logs[.filter].rotate.value == .weekly)
        #expect(settings.logs[.filter].keep.value == 0)
        #expect(settings.logs.budget.value == nil)
        #expect(settings.logs.messages.value == [.drops])
        #expect(settings.logs.dialect.value == .winroute)
        #expect(settings.dumps.maxTime.value == .seconds(90))
        #expect(settings.api.readers.value == "users")
    }

    @Test("Every sentence about a wrong value")
    func errors() {
        let wrong = [
            "gateway: [a]", "gateway: \"\"", "gateway: \"a\\nb\"", "capture: all", "capture: { interface: all }",
            "capture: { interfaces: { a: 1 } }", "capture: { interfaces: [eth0, [eth1], \"\"] }",
            "capture: { workers: 0 }", "capture: { workers: autp }", "capture: { workers: 2.0 }",
            "capture: { ring: 64 }", "capture: { ring: 64M }", "capture: { ring: 64 MiB MiB }",
            "capture: { ring: 99999999999 TiB }", "capture: { ring: -1 MiB }", "capture: { snap_length: 1 }",
            "capture: { snap_length: 128 B }", "capture: { promiscuous: on }",
            "firewall_log: { groups: [5, 5, 65536, a] }",
            "firewall_log: { groups: -1 }", "firewall_log: { buffer: 1 KiB, filter: true }", "connections: on",
            "connections: { log: yes }", "packet_log: port = 80", "packet_log: { expression: [port, 80] }",
            "packet_log: { rate: 0, burst: 0 }", "packet_log: { rate: 10/s }", "logs: { rotate: dayly }",
            "logs: { rotate: yearly }", "logs: { size: 1 KiB }", "logs: { keep: -1 }", "logs: { keep: }",
            "logs: { budget: unlimited }", "logs: { compress: zstd }", "logs: { messages: [drop, all] }",
            "logs: { messages: [drops, drops] }", "logs: { debg: { keep: 1 } }", "logs: { debug: { template: x } }",
            "logs: { debug: 5 }", "logs: { template: { a: b } }", "dumps: { max_time: 90 }",
            "dumps: { max_time: 5 m }", "dumps: { max_time: 0 s }", "dumps: { max_time: 1.0001 ms }",
            "dumps: { budget: 0 }", "api: { group: , readers: [a, b] }", "api: { users: x }", "log: { keep: 5 }",
            "log: 5", "log: { utc: true }\nlogs: { utc: true }", "capture: { ring: &a 5 MiB, workers: !!int 5 }",
        ]
        var shown = ""
        for text in wrong {
            let errors = faults(text)
            #expect(!errors.isEmpty, "\(text)")
            shown += text.split(separator: "\n").map { "    \($0)\n" }.joined() + errors + "\n\n"
        }
        Golden.check(shown, "settings/section-errors.txt")
    }

    @Test("The manual's table of keys is that of the code")
    func manual() throws {
        let page = Fixtures.tests.deletingLastPathComponent().appendingPathComponent("docs/settings.md")
        let text = String(decoding: try Data(contentsOf: page), as: UTF8.self)
        let standard = SettingsDocument(file: "").effective
        var table = "| key | what stands there | default | what it is |\n|---|---|---|---|\n"
        for (path, wants, meaning) in SettingsDocument.reference {
            // One log for all.
            if path.count > 2, path[0] == "logs", path[1] != "debug" { continue }
            let key = SettingsKey(path: path)
            guard let wants else { continue }
            let value = standard.first { $0.key == key }?.value ?? ""
            table += "| `\(key)` | \(wants) | `\(value)` | \(meaning) |\n"
        }
        let begin = try #require(text.range(of: "<!-- the table of keys: written by make record -->\n"))
        let end = try #require(text.range(of: "<!-- end of the table -->"))
        if ProcessInfo.processInfo.environment["GATELOG_RECORD"] == "1" {
            let new = text[..<begin.upperBound] + table + text[end.lowerBound...]
            try Data(new.utf8).write(to: page)
            return
        }
        #expect(text[begin.upperBound..<end.lowerBound] == table, "GATELOG_RECORD=1 writes docs/settings.md anew")
    }

    @Test("The schema for editors says what the code reads")
    func schema() throws {
        let path = Fixtures.tests.deletingLastPathComponent().appendingPathComponent(
            "Resources/schema/settings.schema.json")
        let text = SettingsSchema.text
        #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any])
        if ProcessInfo.processInfo.environment["GATELOG_RECORD"] == "1" {
            try Data(text.utf8).write(to: path)
        }
        #expect(
            String(decoding: try Data(contentsOf: path), as: UTF8.self) == text,
            "GATELOG_RECORD=1 writes Resources/schema/settings.schema.json anew")
    }
}

@Suite("Sizes and times as people write them")
struct QuantityTests {
    @Test(
        "Sizes",
        arguments: [
            ("0", 0), ("4096", 4096), ("1 B", 1), ("1KiB", 1024), ("1 kB", 1000), ("1 KB", 1000),
            ("100 MiB", 104_857_600),
            ("1.5 GB", 1_500_000_000), ("1.5gib", 1_610_612_736), ("2 TB", 2_000_000_000_000), (" 7  mb ", 7_000_000),
            ("0.3 KiB", 307), ("9223372036854775807", Int.max), ("8388607 TiB", 8_388_607 << 40),
        ])
    func sizes(_ text: String, _ bytes: Int) {
        #expect(ByteSize(parsing: text)?.bytes == bytes)
    }

    @Test(
        "What is no size",
        arguments: [
            "", " ", "MiB", "1 M", "1 G", "1 mebibyte", "1.", ".5 GB", "1.5", "1.5 B", "1,5 GB", "-1", "+1", "1e3",
            "9223372036854775808", "8388608 TiB", "99999999999999999999999", "1 MiB/s", "1 2", "0x10",
            "1.1234567891 GB",
            "½ GB", "١ GB",
        ])
    func noSizes(_ text: String) {
        #expect(ByteSize(parsing: text) == nil)
    }

    @Test("A size is shown exactly, and read again as the same")
    func shownSizes() {
        let shown = [
            0: "0 B", 1: "1 B", 1000: "1 kB", 1024: "1 KiB", 1025: "1025 B", 1_500_000_000: "1.5 GB",
            1_610_612_736: "1.5 GiB", 104_857_600: "100 MiB", 1 << 40: "1 TiB", Int.max: "\(Int.max) B",
        ]
        for (bytes, text) in shown { #expect(ByteSize(bytes: bytes).description == text) }
        var random = SeededGenerator(seed: 20_261_121)
        for _ in 0..<5000 {
            let bytes = Int.random(in: 0...Int.max, using: &random) >> Int.random(in: 0...62, using: &random)
            let size = ByteSize(bytes: Bool.random(using: &random) ? bytes : bytes / 1000 * 1000)
            #expect(ByteSize(parsing: size.description) == size)
        }
    }

    @Test(
        "Times",
        arguments: [
            ("500 ms", 500), ("90 s", 90_000), ("90s", 90_000), ("1.5 h", 5_400_000), ("5 min", 300_000),
            ("7 D", 604_800_000), ("0 s", 0),
        ])
    func times(_ text: String, _ milliseconds: Int) {
        #expect(TimeSpan(parsing: text)?.milliseconds == milliseconds)
    }

    @Test("What is no time", arguments: ["", "90", "5 m", "1 w", "s", "-1 s", "1 s 5", "9223372036854775807 d"])
    func noTimes(_ text: String) {
        #expect(TimeSpan(parsing: text) == nil)
    }

    @Test("A time is shown exactly, and read again as the same")
    func shownTimes() {
        var random = SeededGenerator(seed: 20_261_121)
        for unit in [1, 1000, 60_000, 3_600_000, 86_400_000] {
            for _ in 0..<500 {
                let time = TimeSpan(milliseconds: Int.random(in: 0...10_000, using: &random) * unit)
                #expect(TimeSpan(parsing: time.description) == time)
            }
        }
        #expect(TimeSpan.hours(48).description == "2 d")
        #expect(TimeSpan.seconds(90).description == "90 s")
    }
}
