import Foundation
import Primitives
import TestSupport
import Testing

struct IPAddressTextTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("192.0.2.1", "192.0.2.1"),
        ("10.9.99.100", "10.9.99.100"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
        ("2001:DB8::0001", "2001:db8::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("::ffff:c000:201", "::ffff:192.0.2.1"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("1::3:4:5:6:7:8", "1:0:3:4:5:6:7:8"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("fe80::", "fe80::"), ("0:0:0:0:0:0:0:0", "::"),
        (
            "abcd:ef01:2345:6789:abcd:ef01:2345:6789",
            "abcd:ef01:2345:6789:abcd:ef01:2345:6789"
        ),
    ])
    func `an address parses and is printed in its one canonical form`(text: String, canonical: String) {
        #expect(IPAddress(parsing: text)?.description == canonical)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.1.1.1", "01.2.3.4", "1.2.3.00", "1.2.3.4 ",
        "1.2.3.-4", ":", ":::", "::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", ":1::",
        "1:", "::1:", "::g", "::1%eth0", "[::1]", "::1.2.3", "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5",
        "1:2:3:4:5:6:7:8:", "::12345", "1::2::3",
    ])
    func `what is no address does not parse`(text: String) {
        #expect(IPAddress(parsing: text) == nil)
    }

    @Test func `random addresses are printed as the C library prints them, and parse back`() {
        var generator = SeededGenerator(seed: 0x5952)
        for _ in 0..<20_000 {
            var number: UInt128 = 0
            for _ in 0..<8 {
                let kind = UInt8.random(in: 0...3, using: &generator)
                let group = kind < 2 ? 0 : UInt16.random(in: 0...(kind == 2 ? 0xFF : 0xFFFF), using: &generator)
                number = number << 16 | UInt128(group)
            }
            // The library prints ::1.2.3.4 for the IPv4-compatible addresses that RFC 4291 has given up.
            if number >> 32 == 0 { continue }
            let address = IPv6Address(number)
            #expect(address.description == peerText(address), "seed 0x5952")
            #expect(IPAddress(parsing: address.description) == .v6(address))
            let small = IPv4Address(UInt32(truncatingIfNeeded: number >> 13))
            #expect(IPAddress(parsing: small.description) == .v4(small))
        }
    }

    @Test func `every octet is printed`() {
        for octet: UInt32 in 0...255 {
            let address = IPv4Address(octet << 24 | (255 - octet) << 16 | octet << 8 | octet)
            #expect(address.description == "\(octet).\(255 - octet).\(octet).\(octet)")
        }
    }

    @Test func `hardware addresses parse and are printed`() {
        #expect(MACAddress(parsing: "00:11:22:aA:Bb:fF")?.description == "00:11:22:aa:bb:ff")
        #expect(MACAddress(parsing: "00-11-22-33-44-55")?.number == 0x0011_2233_4455)
        for text in [
            "", "00:11:22:33:44", "00:11:22:33:44:5g", "00:11-22:33:44:55", "0011:22:33:44:55:6", "00.11.22.33.44.55",
        ] {
            #expect(MACAddress(parsing: text) == nil, "\(text)")
        }
    }

    private func peerText(_ address: IPv6Address) -> String {
        var bytes = address.number.bigEndian
        var text = [CChar](repeating: 0, count: 64)
        _ = inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
