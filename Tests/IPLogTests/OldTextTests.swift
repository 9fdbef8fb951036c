import IPLog
import Primitives
import TestSupport
import Testing

/// The text of layouts for which no reader can be run any more.
@Suite("The text of old layouts")
struct OldTextTests {
    private func line(_ layout: IPLogLayout, _ bytes: [UInt8], _ change: (inout IPLogText.Options) -> Void = { _ in })
        -> String
    {
        var options = IPLogText.Options()
        change(&options)
        var tables = IPLogTables()
        tables.add(protocol: 6, "tcp")
        tables.add(protocol: 17, "udp")
        var text = IPLogText(
            options: options, tables: tables, zone: { _ in 3600 },
            host: { $0.number == 0xC000_0201 ? "a.example" : nil })
        var out = ByteBuffer(capacity: 1024)
        let place = IPLogReader.Place(start: 0, end: bytes.count)
        _ = text.append(bytes.span.bytes, place, .filter, layout, to: &out)
        return out.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private static let end = "192.0.2.1,40000 -> 198.51.100.7,443 PR tcp len 20 40 -S"

    @Test(
        "Group, letter and direction are those of the layout",
        arguments: [
            (IPLogLayout.manualPage, UInt32(0x12), "@0:5 p \(end)"), (.manualPage, 0x1A, "@0:5 p \(end) IN"),
            (.manualPage, 0x15, "@0:5 b \(end) OUT"), (.manualPage, 0x2, "@0:5 P \(end)"),
            (.manualPageLongNames, 0x1A, "@0:5 p \(end) IN"), (.v32, 0x1012, "@0:5 p \(end) K-S"),
            (.v32, 0x2, "@0:5 L \(end)"), (.v340, 0x11, "@100:5 b \(end)"), (.v34, 0x12, "@100:5 p \(end) OUT"),
            (.v34, 0x4000_0000, "@100:5 n \(end) OUT"),
        ])
    func letters(_ layout: IPLogLayout, _ flags: UInt32, _ rest: String) {
        #expect(
            line(layout, SampleRecords.old(layout, flags: flags)) == "14/11/2023 23:13:20.000012 eth0 \(rest)\n")
    }

    @Test("ICMP has numbers before 3.4")
    func icmp() {
        let packet: [UInt8] = [
            0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7, 3, 3, 0, 0, 0, 0, 0, 0,
        ]
        #expect(line(.manualPage, SampleRecords.old(.manualPage, packet: packet)).contains("icmp len 20 28 icmp 3/3"))
        #expect(line(.v34, SampleRecords.old(.v34, packet: packet)).contains("icmp len 20 28 icmp unreach/port"))
    }

    @Test("A packet that fills its space, and one whose header is not there")
    func short() {
        #expect(
            line(.v34, SampleRecords.old(.v34, packet: Array(SampleRecords.packet.prefix(8)))).hasSuffix(" p  OUT\n"))
        #expect(line(.v34, SampleRecords.old(.v34, packet: [])).hasSuffix(" p \n"))
        let cut = line(.v34, SampleRecords.old(.v34, packet: Array(SampleRecords.packet.prefix(20))))
        #expect(cut.hasSuffix("192.0.2.1 -> 198.51.100.7 PR tcp len 20 40 - OUT\n"))
    }

    @Test("-n names hosts: with the address behind it in 3.4, without in others")
    func names() {
        #expect(
            line(.v34, SampleRecords.old(.v34)) { $0.namesHosts = true }.contains(" a.example[192.0.2.1],40000 -> "))
        #expect(line(.v32, SampleRecords.old(.v32)) { $0.namesHosts = true }.contains(" a.example,40000 -> "))
    }

    @Test("Times beyond every calendar are shown somehow")
    func times() {
        for seconds in [Int64.min, -1, 0, 253_402_300_800, .max] {
            for micros in [Int64.min, -1, 999_999, 1_000_000, .max] {
                let header = IPLogHeader(seconds: seconds, microseconds: micros)
                let bytes = SampleRecords.bytes {
                    SampleRecords.append(to: &$0, header)
                }
                #expect(line(.v51, bytes).contains(" @lan:5 p "))
            }
        }
    }

    @Test("Nothing is allocated for a line")
    func allocationFree() {
        let bytes = SampleRecords.bytes { buffer in
            SampleRecords.append(to: &buffer)
        }
        var options = IPLogText.Options()
        options.namesHosts = true
        var text = IPLogText(options: options, tables: IPLogTables(), zone: { _ in 0 }, host: { _ in "host.example" })
        var out = ByteBuffer(capacity: 1 << 16)
        let place = IPLogReader.Place(start: 0, end: bytes.count)
        let span = bytes.span.bytes
        for _ in 0..<10 { _ = text.append(span, place, .filter, .v51, to: &out) }
        out.removeAll()
        let count = allocations {
            for _ in 0..<1000 {
                _ = text.append(span, place, .filter, .v51, to: &out)
                out.removeAll()
            }
        }
        #expect(count < 5)
    }
}
