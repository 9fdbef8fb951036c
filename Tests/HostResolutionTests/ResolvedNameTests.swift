import HostResolution
import Testing

@Suite("Names that name servers tell")
struct ResolvedNameTests {
    private func checked(_ text: String) -> String? { ResolvedName.checked(Array(text.utf8)) }

    @Test("Names are in lower case, without the dot at their end")
    func names() {
        #expect(checked("Jane-PC.Office.example.com.") == "jane-pc.office.example.com")
        #expect(checked("_sip._tcp.example.com") == "_sip._tcp.example.com")
        #expect(checked("host") == "host")
        #expect(checked("1.2.3.4.in-addr.arpa") == "1.2.3.4.in-addr.arpa")
    }

    @Test("What is none is none: nothing to forge a line, a terminal's colour, an address or another's letters with")
    func hostile() {
        let refused = [
            "", ".", "..", "a..b", ".a", "a b", "a\nb", "a\u{1B}[31m", "a\u{7F}", "a\"b", "a]b", "a,b", "a(b", "a/b",
            "a\u{0}b", "паypal.com", "10.0.0.1", "10.0.0", "host.1", "2001:db8::1", "a\\b", "-.1", "%SRC%",
        ]
        for text in refused { #expect(checked(text) == nil, "\(text)") }
        #expect(ResolvedName.checked([0xFF, 0xFE]) == nil)
        for byte in UInt8.min...UInt8.max {
            let name = ResolvedName.checked([0x61, byte, 0x62])
            #expect(name == nil || name!.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        }
    }

    @Test("Labels have 63 bytes at most, names 253")
    func lengths() {
        let label = String(repeating: "a", count: 63)
        let rest = String(repeating: "b", count: 61)
        #expect(checked(label) == label && checked(label + "a") == nil)
        let longest = "\(label).\(label).\(label).\(rest)"
        #expect(checked(longest) == longest && checked(longest + ".") == longest)
        #expect(checked(longest + "b") == nil)
        #expect(ResolvedName.checked([UInt8](repeating: 0x61, count: 100_000)) == nil)
    }
}
