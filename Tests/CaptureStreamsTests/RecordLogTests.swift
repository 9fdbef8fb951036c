import CaptureFiles
import CaptureStreams
import IPLog
import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite struct RecordLogTests {
    /// A packet that was read, as far as an ipl log can tell.
    private struct Told: Equatable {
        var time: Int64
        var direction: FrameDirection
        var interface: String?
        var verdict: Layers.Verdict?
        var rule: UInt32?
        var comments: [String]
    }

    private struct Reading {
        var packets: [Told] = []
        var damage: [String] = []
        var format: CaptureFormat
    }

    private func read(_ bytes: [UInt8]) throws -> Reading {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/log"
            try Scratch.write(bytes, to: path)
            var reader = try CaptureReader(path: path)
            var found = Reading(format: reader.format)
            while let frame = try reader.next() {
                var layers = Layers()
                layers.decode(reader.bytes, of: frame)
                let id = frame.interface
                found.packets.append(
                    Told(
                        time: frame.time.nanoseconds, direction: frame.direction,
                        interface: reader.interfaces.first { $0.id == id }?.name,
                        verdict: layers.present.contains(.verdict) ? layers.verdict : nil,
                        rule: layers.present.contains(.ruleNumber) ? layers.ruleNumber : nil,
                        comments: reader.packetComments))
            }
            found.damage = reader.damage.map { "\($0)" }
            return found
        }
    }

    /// A log of a few records; every unit's, where `mixed`.
    private func log(_ writing: IPLogWriting = .v51, count: Int = 3, mixed: Bool = false) -> [UInt8] {
        var buffer = ByteBuffer()
        let packet = PacketBuilder().ipv4().udp(1, 2).bytes
        for number in 0..<count {
            let record = IPLogFilterRecord(
                interface: IPLogName(number % 2 == 0 ? "eth0" : "wan"), rule: UInt32(number),
                flags: number % 2 == 0 ? 0x8012 : 0x4011, headerLength: 28, bodyLength: 0,
                direction: UInt8(number % 2), family: 2)
            let header = IPLogHeader(
                count: number == 2 ? 5 : 1, sequence: UInt32(number + 1),
                time: Timestamp(seconds: 1_700_000_000 + Int64(number), nanoseconds: 1_000))
            buffer.append(header, record, packet: packet.span.bytes, writing)
            if mixed {
                let state = IPLogStateRecord(
                    event: 0, source: .v4(IPv4Address(1)), destination: .v4(IPv4Address(2)), protocol: 6)
                buffer.append(header, state, writing)
            }
        }
        return buffer.bytes.withUnsafeBytes { Array($0) }
    }

    @Test(arguments: IPLogWriting.allCases) func recordsArePackets(_ writing: IPLogWriting) throws {
        let found = try read(log(writing))
        #expect(found.format == .recordLog)
        #expect(found.damage.isEmpty)
        #expect(found.packets.map(\.verdict) == [.pass, .drop, .pass])
        #expect(found.packets.map(\.direction) == [.incoming, .outgoing, .incoming])
        let times: [Int64] = [1_700_000_000_000_001_000, 1_700_000_001_000_001_000, 1_700_000_002_000_001_000]
        #expect(found.packets.map(\.time) == times)
        #expect(found.packets[2].comments == ["5 packets alike, of which this is the first"])
        if writing != .manualPage {
            // The manual page has no groups, and names of four bytes.
            #expect(found.packets.map(\.rule) == [1, 2, 3])
            #expect(found.packets.map(\.interface) == ["eth0", "wan", "eth0"])
        }
    }

    @Test func otherUnitsArePassedOver() throws {
        #expect(try read(log(mixed: true)).packets.count == 3)
    }

    @Test func longLogsAreReadWhole() throws {
        #expect(try read(log(count: 20_000)).packets.count == 20_000)
    }

    @Test func damageIsToldWithItsPlaceAndReadingGoesOn() throws {
        var broken = log(count: 6)
        for place in 312..<320 { broken[place - 312 + 2 * 156 + 32] = place == 312 ? 7 : 0 }
        let found = try read(broken)
        #expect(found.packets.count == 5)
        #expect(found.damage.count == 1)
        #expect(found.damage.first?.hasPrefix("at byte 312: the record's size is 7, at least 128 was expected") == true)
    }

    @Test func aLogThatIsCutSaysSo() throws {
        let whole = log(count: 4)
        for length in [156 + 1, 2 * 156 + 47, 3 * 156 + 100, 4 * 156 - 1] {
            let found = try read(Array(whole.prefix(length)))
            #expect(found.packets.count == length / 156)
            #expect(found.damage.count == 1)
            #expect(found.damage.first?.contains("the log ends in the middle of a record") == true)
        }
    }

    @Test func rubbishIsNoLog() {
        for rubbish: [UInt8] in [Array("hello, world, this is no log".utf8), [UInt8](repeating: 0, count: 4_000), [77]]
        {
            #expect(throws: CaptureStreamError.self) { try read(rubbish) }
        }
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        try Fixtures.withTemporaryFolder { folder in
            let (first, second) = ("\(folder)/first.ipl", "\(folder)/second.ipl")
            try Scratch.write(log(count: 9), to: first)
            var reader = try CaptureReader(path: first)
            var writer = try CaptureWriter(path: second)
            #expect(writer.format == .ipl)
            var known = 0
            while let frame = try reader.next() {
                while known < reader.interfaceCount {
                    writer.add(reader.interfaces[known])
                    known += 1
                }
                try writer.write(frame, reader.bytes)
            }
            // What is no packet of IP cannot be a record.
            let strange = PacketBuilder().ethernet().payload(count: 40)
            try writer.write(strange.frame(), strange.bytes.span.bytes)
            let leftOut = writer.framesLeftOut
            #expect(leftOut == 1)
            try writer.finish()
            var original = try read(log(count: 9)).packets
            // Its number is the one thing that a copy does not keep: what was merged is one packet.
            original[2].comments = []
            #expect(try read(try Scratch.bytes(second)).packets == original)
        }
    }
}
