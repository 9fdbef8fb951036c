import CaptureFiles
import CaptureStreams
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// What `capinfos` and we say about a capture.
private struct Summary: Equatable, CustomStringConvertible {
    var packets = 0
    var originalBytes = 0
    var first: String = ""
    var last: String = ""

    var description: String { "\(packets) packets, \(originalBytes) bytes, \(first) to \(last)" }
}

@Suite("The captures of tcpdump's tests, as files")
struct ReadEverythingTests {
    /// Captures that Wireshark 4.0 refuses, since it does not know their link type; tcpdump counts them.
    private static let refusedByWireshark: Set = [
        "brcm-tag-prepend.pcap", "brcm-tag.pcap", "edsa-high-vid.pcap", "frf16_magic_ie-oobr.pcap",
        "hoobr_juniper3.pcap", "juniper_es_oobr.pcap", "juniper_monitor_invalid_cookie_length.pcap", "kday6.pcap",
        "vtp_asan-3.pcap",
    ]

    /// Captures with times beyond 2038, which capinfos cannot compare: it names a first that is later than the last.
    private static let beyond2038: Set = ["olsr-oobr-2.pcap", "rx_serviceid_oobr.pcap"]

    @Test("have the packets, bytes and times that Wireshark's capinfos finds")
    func capinfos() throws {
        #expect(Fixtures.captureNames.count == 402)
        let paths = Fixtures.captureNames.map { Fixtures.capture($0) }
        // Status 1 says that some files were refused.
        let table = try Peer.run("capinfos", ["-T", "-M", "-r", "-c", "-d", "-a", "-e", "-S"] + paths)
        var theirs: [String: Summary] = [:]
        for line in table.lines {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            let name = fields[0].split(separator: "/").last.map(String.init) ?? ""
            theirs[name] = Summary(
                packets: Int(fields[1]) ?? -1, originalBytes: Int(fields[2]) ?? -1, first: fields[3], last: fields[4])
        }
        for name in Fixtures.captureNames where !Self.refusedByWireshark.contains(name) {
            let digits = theirs[name].map { $0.first.split(separator: ".").last?.count ?? 0 } ?? 0
            var ours = try summary(name, digits: digits)
            if Self.beyond2038.contains(name), let their = theirs[name] {
                (ours.first, ours.last) = (their.first, their.last)
            }
            #expect(ours == theirs[name], "\(name)")
        }
        #expect(theirs.count == 402 - Self.refusedByWireshark.count)
    }

    @Test("have as many packets as tcpdump counts, where Wireshark refuses")
    func tcpdump() throws {
        for name in Self.refusedByWireshark.sorted() {
            let outcome = try Peer.output(of: "tcpdump", ["-nn", "-t", "--count", "-r", Fixtures.capture(name)])
            #expect(try summary(name, digits: 6).packets == Int(outcome.text.prefix { $0.isNumber }), "\(name)")
        }
    }

    private func summary(_ name: String, digits: Int) throws -> Summary {
        var reader = try CaptureReader(path: Fixtures.capture(name))
        var summary = Summary()
        var (first, last): (Timestamp?, Timestamp?) = (nil, nil)
        while let frame = try reader.next() {
            summary.packets += 1
            summary.originalBytes += frame.originalLength
            first = min(first ?? frame.time, frame.time)
            last = max(last ?? frame.time, frame.time)
            #expect(reader.bytes.byteCount == frame.capturedLength)
        }
        #expect(reader.damageCount == 0, "\(name): \(reader.damage)")
        summary.first = text(first, digits: digits)
        summary.last = text(last, digits: digits)
        return summary
    }

    private func text(_ time: Timestamp?, digits: Int) -> String {
        guard let time else { return "n/a" }
        let fraction = String(1_000_000_000 + time.fraction).dropFirst().prefix(digits)
        return "\(time.seconds).\(fraction)"
    }
}
