import Primitives
import Reputation
import Testing

@Suite("Blacklists as they are published")
struct AddressListTests {
    private func list(_ text: String) -> AddressList {
        let bytes = Array(text.utf8)
        return AddressList(reading: bytes.span.bytes)
    }

    private func ranges(_ texts: String...) -> [AddressRange] { texts.map { try! AddressRange(parsing: $0) } }

    @Test("Plain addresses, prefixes and ranges with comments")
    func plain() {
        let list = list(
            "# Maintainer: x\r\n\n192.0.2.1\r\n198.51.100.0/24 # bad\n2001:db8::/32\n10.0.0.1-10.0.0.9\nrubbish\n")
        #expect(list.format == .plain)
        #expect(
            list.entries.map(\.range) == ranges("192.0.2.1", "198.51.100.0/24", "2001:db8::/32", "10.0.0.1-10.0.0.9"))
        #expect(list.faultCount == 1)
        #expect(list.faults.first?.line == 7 && list.faults.first?.text == "rubbish")
    }

    @Test("Spamhaus, as text and as JSON")
    func spamhaus() {
        let text = list(
            "; Spamhaus DROP List 2024/04/21\n; Expires: x\n1.10.16.0/20 ; SBL256894\n1.19.0.0/16 ; SBL434604\n")
        #expect(text.format == .spamhausText)
        #expect(text.entries.map(\.range) == ranges("1.10.16.0/20", "1.19.0.0/16"))
        let json = list(
            "{\"cidr\":\"1.10.16.0/20\",\"sblid\":\"SBL256894\",\"rir\":\"apnic\"}\n{ \"cidr\" : \"2001:db8::/32\" }\n"
                + "{\"type\":\"metadata\",\"timestamp\":1,\"records\":2}\n{\"x\":1}\n")
        #expect(json.format == .spamhausJSON)
        #expect(json.entries.map(\.range) == ranges("1.10.16.0/20", "2001:db8::/32"))
        #expect(json.faults.map(\.line) == [4])
    }

    @Test("Sets, hosts files and scores")
    func others() {
        let set = list("create bad hash:net family inet\nadd bad 192.0.2.0/24\nadd bad 198.51.100.9 timeout 60\n")
        #expect(set.format == .ipset && set.entries.count == 2 && set.faultCount == 0)
        let hosts = list("203.0.113.5 evil.example.com\n203.0.113.6\tother.example.com\n")
        #expect(hosts.format == .hosts && hosts.entries.map(\.range) == ranges("203.0.113.5", "203.0.113.6"))
        let scores = list("192.0.2.7,3,127\n198.51.100.0/24,1,10\n")
        #expect(scores.format == .reputation && scores.entries.count == 2)
    }

    @Test("Rules that ask for nothing but addresses keep their identifiers; others are told")
    func rules() throws {
        let list = list(
            """
            # disabled: alert ip [9.9.9.9] any -> $HOME_NET any (msg:"no"; sid:1;)
            alert ip [2.57.232.0/23,192.0.2.5] any -> $HOME_NET any (msg:"ET DROP \\"x\\"\\; group 1"; threshold: type limit, track by_src, seconds 3600, count 1; classtype:misc-attack; flowbits:set,ET.Evil; sid:2400000; rev:3955;)
            alert tcp $HOME_NET any -> 198.51.100.1 any (msg:"CnC"; sid:2404300; rev:2;)
            alert tcp $HOME_NET any -> [198.51.100.2] 443 (msg:"ports"; sid:3;)
            alert ip [192.0.2.0/24,!192.0.2.1] any -> any any (msg:"negated"; sid:4;)
            alert tcp [192.0.2.9] any -> $HOME_NET any (msg:"content"; content:"x;y"; sid:5;)

            """)
        #expect(list.format == .rules)
        #expect(list.rules.map(\.sid) == [2_400_000, 2_404_300])
        #expect(list.rules.first?.message == "ET DROP \"x\"; group 1")
        #expect(list.rules.map(\.protocolNumber) == [nil, 6])
        #expect(list.entries.map(\.range) == ranges("2.57.232.0/23", "192.0.2.5", "198.51.100.1"))
        #expect(list.entries.map(\.rule) == [0, 0, 1])
        #expect(list.faults.map(\.line) == [4, 5, 6])
        #expect(try #require(list.faults.last).reason.hasPrefix("asks for content"))
    }

    @Test(
        "Nothing, and lines of rubbish of every length, are no trouble",
        arguments: ["", "\n", "(", "{", "alert", "add", "#"])
    func rubbish(text: String) { #expect(list(text).entries.isEmpty) }
}

@Suite("Known intruders")
struct KnownIntrudersTests {
    private func list(_ text: String) -> AddressList {
        let bytes = Array(text.utf8)
        return AddressList(reading: bytes.span.bytes)
    }

    @Test("An address is listed by every list that names it, but those that do nothing")
    func lists() throws {
        let intruders = KnownIntruders([
            NamedList("one", .log, list("192.0.2.0/24\n")),
            NamedList("two", .logAndDrop, list("192.0.2.128/25\n2001:db8::/32\n")),
            NamedList("off", .nothing, list("192.0.2.0/24\n")),
            NamedList("rules", .log, list("alert tcp [192.0.2.200] any -> any any (msg:\"m\"; sid:77; rev:3;)\n")),
        ])
        func names(_ text: String) throws -> [String] {
            intruders.places(of: try #require(IPAddress(parsing: text))).map { intruders.listings[Int($0)].list }
        }
        #expect(try names("192.0.2.1") == ["one"])
        #expect(try names("192.0.2.130") == ["one", "two"])
        #expect(try names("192.0.2.200") == ["one", "two", "rules"])
        #expect(try names("2001:db8::1") == ["two"])
        #expect(try names("198.51.100.1") == [])
    }

    @Test("A plain list has the same number in every run, another list another one")
    func numbers() {
        let listings = KnownIntruders([
            NamedList("one", .log, list("192.0.2.1")), NamedList("two", .log, list("192.0.2.1")),
        ]).listings
        #expect(listings.map(\.gid) == [7201, 7201])
        #expect(listings[0].sid == 1_124_719)
        #expect(listings[0].sid != listings[1].sid)
    }
}
