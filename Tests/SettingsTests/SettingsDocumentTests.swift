import Primitives
import Settings
import TestSupport
import Testing

/// The entries of the first group of `text`, as text.
private func entries(_ list: String) throws -> [String] {
    try SettingsDocument(parsing: "groups:\n  g: \(list)\n", file: "t.yaml").groups[0].entries.map { entry in
        switch entry.value {
        case .addresses(let range): "\(range)"
        case .group(let name): "group \(name)"
        case .file(let path): "file \(path)"
        }
    }
}

@Suite("Settings: what is read")
struct SettingsDocumentTests {
    @Test("The example of the manual, every key")
    func example() throws {
        let text = String(decoding: try Fixtures.resource("gatelog.example.yaml"), as: UTF8.self)
        let settings = try SettingsDocument(parsing: text, file: "/etc/gatelog/gatelog.yaml")
        #expect(settings.groups.map(\.name.value) == ["office", "servers", "blocked", "everyone of us"])
        #expect(settings.addressFiles.map(\.value) == ["blocked.txt"])
        #expect(settings.users.map(\.name.value) == ["jane", "john"])
        #expect(settings.users[0].groups.map(\.value) == ["staff", "admins"])
        #expect(settings.users[0].addresses.map { "\($0.value)" } == ["10.0.0.5", "2001:db8::5"])
        #expect(settings.interfaces.map(\.name.value) == ["Internet", "LAN", "Branch office", "Road warriors"])
        #expect(settings.interfaces.map { $0.kind?.value } == [.ethernet, nil, .vpnTunnel, .vpnClient])
        #expect(settings.interfaces[0].device?.value == "eth0")
        #expect(settings.interfaces[1].trusted?.value == true)
        #expect(settings.interfaces[1].index?.value == 3)
        #expect(settings.interfaces[2].connection?.value == "Branch")
        #expect(settings.services.map(\.name.value) == ["myapp", "voice"])
        #expect(settings.services[1].ports == [5060...5061, 10000...10000])
        #expect(settings.databases.country.map { settings.resolved($0.value) } == "/etc/gatelog/GeoLite2-Country.mmdb")
        #expect(settings.databases.asn.map { settings.resolved($0.value) } == "/var/lib/GeoIP/GeoLite2-ASN.mmdb")
    }

    @Test(
        "Nothing is a document without settings",
        arguments: ["", "# nothing\n", "---\n", "groups:\nusers:\nlog:\n", "~"])
    func empty(_ text: String) throws {
        let settings = try SettingsDocument(parsing: text, file: "t.yaml")
        #expect(settings.groups.isEmpty && settings.users.isEmpty && settings.interfaces.isEmpty)
    }

    @Test(
        "Entries of groups",
        arguments: [
            ("10.0.0.5", ["10.0.0.5"]),
            ("[10.0.0.0/8, 192.168.1.7]", ["10.0.0.0/8", "192.168.1.7"]),
            ("[10.1.2.3/8]", ["10.0.0.0/8"]),
            ("[10.0.0.0/255.0.0.0, 0.0.0.0/0.0.0.0]", ["10.0.0.0/8", "0.0.0.0/0"]),
            ("[10.1.0.1-10.1.0.9, 10.1.0.1 - 10.1.0.9]", ["10.1.0.1-10.1.0.9", "10.1.0.1-10.1.0.9"]),
            ("[\"2001:db8::/32\", 'fe80::', 2001:db8::1]", ["2001:db8::/32", "fe80::", "2001:db8::1"]),
            ("[\"2001:db8::1/ffff:ffff::\"]", ["2001:db8::/32"]),
            ("{ file: a.txt }", ["file a.txt"]),
            ("[10.0.0.1, file: a.txt, file: [b.txt, c.txt]]", ["10.0.0.1", "file a.txt", "file b.txt", "file c.txt"]),
            ("\n    - 10.0.0.1 # first\n    - { file: x }", ["10.0.0.1", "file x"]),
            ("[]", []),
        ])
    func groupEntries(_ list: String, _ wanted: [String]) throws {
        #expect(try entries(list) == wanted)
    }

    @Test("Values know their places")
    func places() throws {
        let settings = try SettingsDocument(
            parsing: "# comment\ngroups:\n  bürö: [10.0.0.1,\n         10.0.0.2]\n", file: "t.yaml")
        #expect(settings.groups[0].name.place == SettingsPlace(line: 3, column: 3))
        #expect(settings.groups[0].entries[0].place == SettingsPlace(line: 3, column: 10))
        #expect(settings.groups[0].entries[1].place == SettingsPlace(line: 4, column: 10))
    }

    @Test("Nested groups become one list each, and a group counts once")
    func nested() throws {
        let settings = try SettingsDocument(
            parsing: """
                groups:
                  all: [group: office, group: [servers, home], file: extra.txt]
                  office: [10.0.0.0/8, group: servers]
                  servers: [192.0.2.1]
                  home: []
                """, file: "t.yaml")
        let lists = try settings.addressLists(files: ["extra.txt": [AddressRange(parsing: "198.51.100.0/24")]])
        #expect(Set(try #require(lists["all"]).map { "\($0)" }) == ["10.0.0.0/8", "192.0.2.1", "198.51.100.0/24"])
        #expect(lists["all"]?.count == 3)
        #expect(lists["office"]?.count == 2)
        #expect(lists["home"]?.isEmpty == true)
    }

    @Test(
        "Paths are taken from where the settings stand",
        arguments: [
            ("/etc/gatelog/gatelog.yaml", "a.txt", "/etc/gatelog/a.txt"), ("gatelog.yaml", "a.txt", "a.txt"),
            ("conf/gatelog.yaml", "lists/a.txt", "conf/lists/a.txt"), ("conf/gatelog.yaml", "/a.txt", "/a.txt"),
        ])
    func paths(_ file: String, _ path: String, _ wanted: String) {
        #expect(SettingsDocument(file: file).resolved(path) == wanted)
    }
}
