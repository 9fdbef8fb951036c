import Testing

@testable import CommandLineTool

@Suite("Numbers as people read them")
struct HumanNumbersTests {
    @Test(
        "Thousands are parted",
        arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (1_232_853, "1,232,853"), (-4321, "-4,321")])
    func grouped(number: Int, text: String) {
        #expect(HumanNumbers.grouped(number) == text)
    }

    @Test(
        "Bytes keep three digits and never read 1000",
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1234, "1.23 kB"), (99_949, "99.9 kB"), (99_950, "100 kB"),
            (999_499, "999 kB"), (999_500, "1 MB"), (1_016_962_546, "1.02 GB"), (Int.max, "9.22 EB"),
        ])
    func bytes(number: Int, text: String) {
        #expect(HumanNumbers.bytes(number) == text)
    }

    @Test(
        "Stretches of time take their two largest units",
        arguments: [
            (0, "0 s"), (1, "1 ns"), (1500, "1.5 µs"), (20_000_000, "20 ms"), (1_000_000_000, "1 s"),
            (59_990_000_000, "60 s"), (60_000_000_000, "1 min"), (102_000_000_000, "1 min 42 s"),
            (3_600_000_000_000, "1 h"), (90_000_000_000_000, "1 d 1 h"), (Int64.max, "106,751 d 23 h"),
        ] as [(Int64, String)])
    func duration(nanoseconds: Int64, text: String) {
        #expect(HumanNumbers.duration(nanoseconds: nanoseconds) == text)
    }

    @Test("Shares have one digit", arguments: [(1, 3, "33.3 %"), (3, 3, "100.0 %"), (0, 9, "0.0 %"), (1, 0, "")])
    func share(part: Int, whole: Int, text: String) {
        #expect(HumanNumbers.share(part, of: whole) == text)
    }
}
