import Foundation
import Testing

@testable import Alerts

@Suite("What an alert's receiver gets")
struct AlertMessageTests {
    static let hostile = "a\0b\nc\rd\u{1B}[31me\"f\\g$(reboot)`id`;h\u{7F}ü"

    static func message(_ line: AlertLine?) -> AlertMessage {
        var event = AlertEvent(line: line)
        event.heldBack = 3
        event.samples = [hostile]
        return AlertMessage(alert: "ftp \"x\"", gateway: "gw", log: "security", event: event)
    }

    @Test("A JSON object on one line, whatever the log's line holds")
    func json() throws {
        let message = Self.message(AlertLine(text: Self.hostile, record: #"{"kind":"packet","src":{"port":80}}"#))
        #expect(!message.json.utf8.contains { $0 < 0x20 })
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(message.json.utf8)) as? [String: Any])
        #expect(object["type"] as? String == "line")
        #expect(object["alert"] as? String == "ftp \"x\"")
        #expect(object["line"] as? String == Self.hostile)
        #expect(object["held_back"] as? Int == 3)
        #expect(object["held_back_lines"] as? [String] == [Self.hostile])
        #expect(((object["record"] as? [String: Any])?["src"] as? [String: Any])?["port"] as? Int == 80)
    }

    @Test("A digest and a test have no line")
    func kinds() throws {
        #expect(Self.message(nil).type == "digest")
        #expect(!Self.message(nil).json.contains("\"line\""))
        var event = AlertEvent(line: nil)
        event.isTest = true
        #expect(AlertMessage(alert: "a", gateway: "g", log: "debug", event: event).type == "test")
    }

    @Test("No variable has a NUL, a line end or a terminal's escape in it, or another name than GATELOG_*")
    func environment() {
        let record =
            #"{"a\nb=c":"x\u0000y\nz","LD_PRELOAD":"evil","src":{"ip":"10.0.0.1","=":1},"l":["no"],"n":null,"t":true}"#
        let variables = Self.message(AlertLine(text: Self.hostile, record: record)).environment
        for variable in variables {
            #expect(!variable.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "\(variable.debugDescription)")
            let name = variable.prefix { $0 != "=" }
            #expect(name.hasPrefix("GATELOG_") || name == "PATH" || name == "LANG", "\(name)")
        }
        #expect(variables.contains("GATELOG_FIELD_SRC_IP=10.0.0.1"))
        #expect(variables.contains("GATELOG_FIELD_SRC__=1"))
        #expect(variables.contains("GATELOG_FIELD_A_B_C=x\\x00y\\x0az"))
        #expect(variables.contains("GATELOG_FIELD_T=true"))
        #expect(!variables.contains { $0.hasPrefix("GATELOG_FIELD_L=") || $0.hasPrefix("GATELOG_FIELD_N=") })
    }

    @Test("What is too long is cut between characters")
    func cut() {
        let long = String(repeating: "ü", count: 100_000)
        let variables = Self.message(AlertLine(text: long)).environment
        #expect(variables.allSatisfy { $0.utf8.count < 20 << 10 })
        #expect(AlertMessage.cut("üü", 3) == "ü")
        #expect(AlertMessage.cut("üü", 4) == "üü")
        #expect(AlertMessage.cut("ü", 1) == "")
    }

    @Test(
        "What is no record ends the reading, with what was read",
        arguments: [
            "", "{", "{}", "[]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":\"\\", "{\"a\":\"\\u12",
            "{\"a\":x}",
            "{\"a\":1}}", "{\"a\":[[[[[[[[[[[[[1]]]]]]]]]]]]]}",
            "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}",
        ])
    func brokenRecords(record: String) {
        #expect(RecordValues(record).values.count <= 1)
    }

    @Test("Values are bounded")
    func bounded() {
        let many = "{" + (0..<5000).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}"
        #expect(RecordValues(many).values.count == RecordValues.limit)
    }

    @Test("Random records never trap")
    func random() {
        var generator = SystemRandomNumberGenerator()
        let signs = Array(#"{}[]",:\u0an1"#.utf8)
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0..<60, using: &generator)).map { _ in
                signs.randomElement(using: &generator)!
            }
            _ = RecordValues("{\"a\":" + String(decoding: bytes, as: UTF8.self))
        }
    }
}
