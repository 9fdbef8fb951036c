import Primitives
import Settings
import TestSupport
import Testing

@Suite("Files of addresses")
struct AddressFileTests {
    private func parse(_ text: String) throws -> [String] {
        try AddressFile.parse(Array(text.utf8), file: "t.txt").map { "\($0)" }
    }

    private func faults(_ bytes: [UInt8]) -> String {
        do throws(SettingsErrors) {
            _ = try AddressFile.parse(bytes, file: "t.txt")
            return ""
        } catch {
            return error.description
        }
    }

    @Test(
        "As they are published",
        arguments: [
            ("", []),
            ("\n\n  \n# comment\n; comment\r\n", []),
            ("10.0.0.1\n10.0.0.0/8\n", ["10.0.0.1", "10.0.0.0/8"]),
            ("10.0.0.1", ["10.0.0.1"]),
            ("\u{FEFF}10.0.0.1\r\n2001:db8::/32\r\n", ["10.0.0.1", "2001:db8::/32"]),
            ("1.10.16.0/20 ; SBL256894\n\t2.56.192.0/22#x\n", ["1.10.16.0/20", "2.56.192.0/22"]),
            ("10.0.0.1 - 10.0.0.9\n10.0.0.0/255.255.255.0\n", ["10.0.0.1-10.0.0.9", "10.0.0.0/24"]),
            ("::/0\n::ffff:192.0.2.1\n", ["::/0", "::ffff:192.0.2.1"]),
        ])
    func read(_ text: String, _ wanted: [String]) throws {
        #expect(try parse(text) == wanted)
    }

    @Test("All wrong lines at once, with their places")
    func errors() {
        let text = """
            10.0.0.1
              10.0.0.300
            # fine
            10.0.0.0/33 # too long
            10.0.0.9-10.0.0.1
            10.0.0.1-::1
            10.0.0.0/255.0.255.0
            example.com
            10.0.0.1 10.0.0.2
            \(String(repeating: "1", count: 500))
            ::1%eth0
            """
        Golden.check(faults(Array(text.utf8)) + "\n", "settings/address-file-errors.txt")
    }

    @Test("Bytes of any kind are lines that are wrong")
    func junk() {
        #expect(faults([0xFF, 0xFE, 0x00, 0x0A, 0x00]).contains("t.txt:1:1: "))
        #expect(faults(Array(repeating: 0x41, count: 1 << 20)).contains("..."))
        #expect(faults(Array(repeating: [0x41, 0x0A], count: 1 << 18).flatMap { $0 }).contains("more like these"))
    }
}
