/// The settings as JSON Schema, for editors that check and complete: made of the same tables that read them.
public enum SettingsSchema {
    /// The schema, ready to be written to a file.
    public static var text: String {
        """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "Gatelog's settings",
          "description": "gatelog.yaml. Everything is optional; gatelog settings check FILE says all that is wrong.",
          "type": ["object", "null"],
          "additionalProperties": false,
          "properties": {
        \((SettingsDocument.rows.map { property($0.key, $0.schema, $0.meaning, "    ") } + named).joined(separator: ",\n")),
            "log": { "deprecated": true, "description": "The older place of four keys of logs:", "type": ["object", "null"] }
          }
        }

        """
    }

    /// One key, with its description.
    static func property(_ key: String, _ schema: (String) -> String, _ meaning: String, _ indent: String) -> String {
        let schema = schema(indent)
        return "\(indent)\"\(key)\": { \"description\": \"\(meaning)\", \(schema.dropFirst(2))"
    }

    /// What has names of the administrator's.
    private static let named = [
        """
            "interfaces": {
              "description": "Interfaces by the names that people give them: if = \\"Internet\\" in expressions.",
              "type": ["object", "null"],
              "additionalProperties": {
                "type": ["object", "null"], "additionalProperties": false,
                "properties": {
                  "device": { "description": "What the kernel calls it.", "type": "string" },
                  "index": { "description": "The kernel's number of it.", "type": "integer", "minimum": 1 },
                  "kind": { "enum": ["ethernet", "vpnclient", "vpn", "other"] },
                  "connection": { "description": "The tunnel's name, for vpn:\\"...\\" in expressions.", "type": "string" },
                  "trusted": { "description": "Whether a network of our own is behind it.", "type": "boolean" }
                }
              }
            }
        """,
        """
            "groups": {
              "description": "Address groups: list:\\"name\\" in expressions.",
              "type": ["object", "null"],
              "additionalProperties": { "type": ["array", "object", "string", "null"] }
            }
        """,
        """
            "users": {
              "description": "Users: user:\\"jane\\" and user:\\"[staff]\\" in expressions.",
              "type": ["object", "null"],
              "additionalProperties": {
                "type": ["object", "null"], "additionalProperties": false,
                "properties": {
                  "groups": { "type": ["array", "string", "null"], "items": { "type": "string" } },
                  "addresses": { "type": ["array", "string", "null"], "items": { "type": "string" } }
                }
              }
            }
        """,
        """
            "services": {
              "description": "Names for ports, beside the usual ones.",
              "type": ["object", "null"],
              "additionalProperties": { "type": ["array", "integer", "string"] }
            }
        """,
        """
            "databases": {
              "description": "MaxMind databases: what country and asn are looked up in.",
              "type": ["object", "null"], "additionalProperties": false,
              "properties": { "country": { "type": "string" }, "asn": { "type": "string" } }
            }
        """,
    ]
}

extension SettingsSection {
    /// The section as JSON Schema, its keys indented more than `indent`.
    static func schema(_ indent: String) -> String {
        let properties = rows.map { SettingsSchema.property($0.key, $0.schema, $0.meaning, indent + "    ") }
        return """
            { "type": ["object", "null"], "additionalProperties": false,
            \(indent)  "properties": {
            \(properties.joined(separator: ",\n"))
            \(indent)  }
            \(indent)}
            """
    }
}
