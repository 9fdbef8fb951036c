import Primitives
import Settings
import TestSupport
import Testing

@Suite("Settings: what is refused")
struct SettingsErrorTests {
    /// Each is wrong in one way; the golden file shows the text and what is said of it.
    static let wrong: [String] = [
        // What stands where
        "grups:\n  office: [10.0.0.1]\n",
        "colour: red\n",
        "- groups\n",
        "groups: 5\n",
        "users: [jane, john]\n",
        "users:\n  jane: staff\n",
        "users:\n  jane: { group: [staff], adresses: [10.0.0.5] }\n",
        "log: { templates: x, utc: yes, milliseconds: 1, dialect: winrout }\n",
        "log: { template: [a, b], dialect: kerio }\n",
        "databases: { country: , asn: [a], city: x.mmdb }\n",
        // Groups
        "groups:\n  office: [10.0.0.0/33, 10.0.0.256, 010.0.0.1, 10.0.0.0/255.0.255.0]\n",
        "groups:\n  office: [10.0.0.9-10.0.0.1, \"10.0.0.1-::1\", 10.0.0.1-, \"2001:db8::/129\", \"::/8/8\"]\n",
        "groups:\n  office: [servers, \"list:servers\", [10.0.0.1], { files: a.txt }, \"\"]\n",
        "groups:\n  office:\n    - fe80::\n",
        "groups:\n  office: [group: servers]\n  server: []\n",
        "groups:\n  a: [group: b]\n  b: [10.0.0.1, group: c]\n  c:\n    - group: a\n  d: [group: d]\n",
        "groups:\n  '': [10.0.0.1]\n  \"a\\nb\": []\n  'a\"b': []\n",
        // Users, interfaces, services
        "users:\n  jane: { addresses: [10.0.0.0/8, host] }\n  \"a,b\": { groups: [\"[x]\"] }\n",
        "users:\n  jane: { addresses: [10.0.0.5] }\n  john: { addresses: [10.0.0.5] }\n",
        "interfaces:\n  LAN: { device: eth0, kind: etherent, index: 0, trusted: maybe, mtu: 1500 }\n",
        "interfaces:\n  LAN: { device: eth0, index: 2 }\n  DMZ: { device: eth0, index: 2 }\n",
        "interfaces:\n  LAN: { connection: Branch, kind: vpnclient }\n",
        "services: { myapp: 70000, voice: [5061-5060, a], 'a b': 1, none: , HTTP2: 1, http2: 2 }\n",
        // YAML
        "groups:\n  office: [10.0.0.1]\n  office: [10.0.0.2]\n",
        "groups:\n  office: [10.0.0.1\n  servers: []\n",
        "groups:\n\toffice: []\n",
        "groups:\n  office: @home\n",
        "log:\n  template: a: b\n",
        "groups:\n  office\n  servers: []\n",
        "log:\n  template: \"abc\n",
        "groups:\n  office: [10.0.0.1, fe80::]\n",
        "groups:\n  office: [::1]\n",
        "groups:\n  office: &o [10.0.0.1]\n  home: *o\n  work: !!set [10.0.0.2]\n",
        "log: {}\n---\nlog: {}\n",
        "? [a]\n: 1\n",
        "%TAG !a! x\n---\nlog: {}\n",
        "a\u{0}b: 1\n",
        "a\u{1B}[31m: 1\n",
        // Several at once, in their order
        "log: { utc: 1 }\ngroups:\n  a: [x, y]\nfoo: 1\nlog: {}\n",
    ]

    @Test("Every error says the place, what was found, what was expected and what to do")
    func texts() {
        var shown = ""
        for text in Self.wrong {
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                shown += "    \(String(appending: { $0.append(escaping: String(line)) }))\n"
            }
            shown += faults(text) + "\n\n"
        }
        Golden.check(shown, "settings/errors.txt")
    }

    @Test("Every one of them is refused", arguments: wrong)
    func refused(_ text: String) {
        #expect(!faults(text).isEmpty)
    }

    @Test("Bytes that are no UTF-8 are told with their place")
    func invalidUTF8() {
        let text = Array("groups:\n  b".utf8) + [0xFC] + Array("ro: []\n".utf8)
        #expect(faults(text) == "t.yaml:2:4: byte 252 is no UTF-8; save the file as UTF-8")
    }

    @Test("A file's name cannot forge lines")
    func fileName() {
        #expect(faults("a: 1", file: "x\ny.yaml").hasPrefix("x\\x0ay.yaml:1:1: "))
    }

    @Test("Beyond the limit errors are counted")
    func many() {
        let text = "groups:\n  a:\n" + String(repeating: "    - wrong\n", count: 120)
        do throws(SettingsErrors) {
            _ = try SettingsDocument(parsing: text, file: "t.yaml")
            Issue.record("read without an error")
        } catch {
            #expect(error.errors.count == SettingsLimits.errors)
            #expect(error.omitted == 120 - SettingsLimits.errors)
            #expect(error.description.hasSuffix("and 70 more like these; mend the first ones and look again"))
        }
    }
}

/// What is wrong with `text`, an error a line; empty where nothing is.
func faults(_ text: String, file: String = "t.yaml") -> String { faults(Array(text.utf8), file: file) }

func faults(_ text: [UInt8], file: String = "t.yaml") -> String {
    do throws(SettingsErrors) {
        _ = try SettingsDocument(parsing: text, file: file)
        return ""
    } catch {
        return error.description
    }
}
