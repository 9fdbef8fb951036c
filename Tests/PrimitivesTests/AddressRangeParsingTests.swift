import Primitives
import Testing

@Suite("Entries of address lists")
struct AddressRangeParsingTests {
    @Test(
        "Each form",
        arguments: [
            ("10.0.0.5", "10.0.0.5"), ("10.0.0.5/32", "10.0.0.5"), ("10.1.2.3/8", "10.0.0.0/8"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("10.1.2.3/255.0.0.0", "10.0.0.0/8"), ("10.1.2.3/0.0.0.0", "0.0.0.0/0"),
            ("10.1.2.3/255.255.255.255", "10.1.2.3"),
            ("10.0.0.1-10.0.0.9", "10.0.0.1-10.0.0.9"), ("10.0.0.0 - 10.0.0.255", "10.0.0.0/24"),
            ("10.0.0.1-10.0.0.1", "10.0.0.1"), ("::", "::"), ("::/0", "::/0"), ("2001:db8::1/32", "2001:db8::/32"),
            ("2001:db8::1/ffff:ffff::", "2001:db8::/32"), ("2001:db8::1/128", "2001:db8::1"), ("::1-::2", "::1-::2"),
            ("::ffff:10.0.0.1/96", "::ffff:0.0.0.0/96"),
        ])
    func accepted(_ text: String, _ wanted: String) throws {
        #expect("\(try AddressRange(parsing: text))" == wanted)
    }

    @Test(
        "What is wrong is told apart",
        arguments: [
            ("", AddressRangeError.notAnAddress), ("10.0.0", .notAnAddress), ("10.0.0.256", .notAnAddress),
            ("010.0.0.1", .notAnAddress), ("10.0.0.1 ", .notAnAddress), ("/8", .notAnAddress), ("-", .notAnAddress),
            ("10.0.0.1-", .notAnAddress), ("-10.0.0.1", .notAnAddress), ("10.0.0.1-2-3", .notAnAddress),
            ("10.0.0.1-9", .notAnAddress), ("::1%eth0", .notAnAddress), ("[::1]", .notAnAddress),
            ("10.0.0.1/", .prefixLength(longest: 32)), ("10.0.0.1/33", .prefixLength(longest: 32)),
            ("10.0.0.1/08", .prefixLength(longest: 32)), ("10.0.0.1/+8", .prefixLength(longest: 32)),
            ("10.0.0.1/8/8", .prefixLength(longest: 32)), ("10.0.0.1/99999999999", .prefixLength(longest: 32)),
            ("::/129", .prefixLength(longest: 128)), ("10.0.0.0/255.0.255.0", .mask), ("10.0.0.0/0.0.0.255", .mask),
            ("10.0.0.0/::", .mask), ("::/255.0.0.0", .mask), ("::/1::", .mask), ("10.0.0.1-::1", .families),
            ("::1-10.0.0.1", .families), ("10.0.0.9-10.0.0.1", .reversed), ("::2-::1", .reversed),
            (String(repeating: " ", count: 200), .notAnAddress),
        ])
    func refused(_ text: String, _ wanted: AddressRangeError) {
        #expect(throws: wanted) { try AddressRange(parsing: text) }
    }
}
