import Primitives
import TestSupport
import Testing

@Suite("Maps of addresses")
struct AddressMapTests {
    private func range(_ text: String) -> AddressRange { try! AddressRange(parsing: text) }

    @Test("Values of ranges that overlap are resolved, and addresses in none have none")
    func overlaps() throws {
        let map = AddressMap(
            [
                (range("10.0.0.0/8"), 1), (range("10.1.0.0/16"), 2), (range("10.1.255.0-10.2.0.9"), 4),
                (range("2001:db8::/32"), 8), (range("2001:db8::1"), 16),
            ]) { $0.reduce(0, |) }
        let expected: [(String, UInt32)] = [
            ("9.255.255.255", 0), ("10.0.0.0", 1), ("10.1.0.0", 3), ("10.1.255.3", 7), ("10.2.0.9", 5),
            ("10.2.0.10", 1), ("11.0.0.0", 0), ("2001:db8::", 8), ("2001:db8::1", 24), ("2001:db9::", 0), ("::", 0),
        ]
        for (text, value) in expected {
            #expect(map.value(at: try #require(IPAddress(parsing: text))) == value, "\(text)")
        }
    }

    @Test("Everything, and the last address of both families")
    func ends() throws {
        let map = AddressMap([(range("0.0.0.0/0"), 1), (range("255.255.255.255"), 2), (range("::/0"), 3)]) { $0.last! }
        #expect(map.value(at: try #require(IPAddress(parsing: "0.0.0.0"))) == 1)
        #expect(map.value(at: try #require(IPAddress(parsing: "255.255.255.255"))) == 2)
        #expect(map.value(at: try #require(IPAddress(parsing: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))) == 3)
        #expect(AddressMap().value(at: try #require(IPAddress(parsing: "1.2.3.4"))) == 0)
    }

    @Test("Random ranges, beside a look at each of them")
    func random() {
        var random = SeededGenerator(seed: 20_261_121)
        for _ in 0..<60 {
            let isFour = Bool.random(using: &random)
            // Few addresses, so that ranges meet; spread over the index's parts.
            func number() -> UInt128 {
                let spread = UInt128(UInt32.random(in: 0...40, using: &random)) << (isFour ? 14 : 60)
                return spread + UInt128(UInt8.random(in: 0...9, using: &random))
            }
            func address(_ number: UInt128) -> IPAddress {
                isFour ? .v4(IPv4Address(UInt32(truncatingIfNeeded: number))) : .v6(IPv6Address(number))
            }
            let ranges = (0..<Int.random(in: 0...200, using: &random)).map { index in
                let (one, other) = (number(), number())
                return (
                    range: AddressRange(address(min(one, other)), address(max(one, other)))!,
                    value: UInt32(1) << UInt32(index % 20)
                )
            }
            let map = AddressMap(ranges) { $0.reduce(0, |) }
            for _ in 0..<200 {
                let wanted = address(number())
                let expected = ranges.filter { $0.range.lower <= wanted && wanted <= $0.range.upper }
                    .reduce(UInt32(0)) { $0 | $1.value }
                #expect(map.value(at: wanted) == expected)
            }
        }
    }
}
