import Foundation
import TestSupport
import Testing

@testable import Records

/// Resources/schema/packet.schema.json describes what `--json` writes; it is made from the columns.
struct PacketSchemaTests {
    private let file = Fixtures.tests.deletingLastPathComponent()
        .appendingPathComponent("Resources/schema/packet.schema.json")

    @Test func `the schema is that of the columns`() throws {
        let text = schema()
        if ProcessInfo.processInfo.environment["GATELOG_RECORD"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let present = try String(contentsOf: file, encoding: .utf8)
        #expect(present == text, "record it anew with GATELOG_RECORD=1")
        #expect((try? JSONSerialization.jsonObject(with: Data(text.utf8))) != nil)
    }

    private func schema() -> String {
        let properties = PacketColumn.allCases.map { column in
            """
                "\(column.name)": { \(type(of: column)), "description": "\(column.meaning)" }
            """
        }
        return """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "title": "A packet as gatelog writes it with --json",
              "description": "One object a line. A fact that is not known is absent, never 0 or empty.",
              "type": "object",
              "required": ["time", "kind", "source"],
              "additionalProperties": false,
              "properties": {
                "kind": { "const": "packet" },
            \(properties.joined(separator: ",\n"))
              }
            }

            """
    }

    private func type(of column: PacketColumn) -> String {
        switch column {
        case .time: "\"type\": \"string\", \"format\": \"date-time\""
        case .source: "\"enum\": [\"capture\", \"nflog\", \"nfqueue\", \"file\"]"
        case .direction: "\"enum\": [\"in\", \"out\"]"
        case .verdict: "\"enum\": [\"pass\", \"drop\", \"reject\"]"
        case .ipVersion: "\"enum\": [4, 6]"
        case .fragmentMore: "\"type\": \"boolean\""
        case .sourceIP, .destinationIP:
            "\"type\": \"string\", \"anyOf\": [{ \"format\": \"ipv4\" }, { \"format\": \"ipv6\" }]"
        default: column.kind == .integer ? "\"type\": \"integer\", \"minimum\": 0" : "\"type\": \"string\""
        }
    }
}
