import CaptureFiles
import CaptureStreams
import PacketDecoding
import Primitives
import SystemCalls
import TestSupport
import Testing

@testable import LiveCapture

@Suite("A capture file as a packet source")
struct ReplaySourceTests {
    /// A pcap with a packet for each of `times` (nanoseconds after a moment in 2023), whose payload is its number.
    private func withCapture(times: [Int64], _ body: (String) throws -> Void) throws {
        try Fixtures.withTemporaryFolder { folder in
            let path = "\(folder)/some.pcap"
            var bytes: [UInt8] = []
            func little(_ value: UInt32) {
                for index in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * index))) }
            }
            // Nanoseconds, version 2.4, Ethernet.
            for word: UInt32 in [0xA1B2_3C4D, 4 << 16 | 2, 0, 0, 65_535, 1] { little(word) }
            for (number, time) in times.enumerated() {
                let stamp = Timestamp(nanoseconds: 1_700_000_000_000_000_000 + time)
                let frame = PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(7, 9)
                    .payload([UInt8(truncatingIfNeeded: number)]).bytes
                for word in [
                    UInt32(stamp.seconds), UInt32(stamp.fraction), UInt32(frame.count), UInt32(frame.count),
                ] { little(word) }
                bytes += frame
            }
            let file = try FileDescriptor(opening: path, for: .create)
            try file.write(bytes.span.bytes)
            try body(path)
        }
    }

    private struct Seen: Equatable {
        var number: UInt8
        var time: Int64
        var direction: FrameDirection
    }

    /// Reads until the source ends, or `limit` packets have come. Also says how many batches had packets.
    private func drain(_ source: inout ReplaySource, limit: Int = .max) throws -> (seen: [Seen], batches: Int) {
        var seen: [Seen] = []
        var batches = 0
        while seen.count < limit {
            switch try source.nextBatch() {
            case .idle: continue
            case .ended: return (seen, batches)
            case .packets: batches += 1
            }
            while let frame = source.next() {
                let bytes = source.bytes
                seen.append(
                    Seen(
                        number: bytes.byte(at: bytes.byteCount - 1),
                        time: frame.time.nanoseconds - 1_700_000_000_000_000_000, direction: frame.direction))
            }
        }
        return (seen, batches)
    }

    @Test("At full speed: every packet once, in order, with the times of the file, and then the end")
    func fullSpeed() throws {
        let times = (0..<10_000).map { Int64($0) * 3_600_000_000_000 }
        try withCapture(times: Array(times.prefix(9_000))) { path in
            var source = try ReplaySource(ReplayOptions(path: path))
            let (seen, batches) = try drain(&source)
            #expect(seen.map(\.time) == Array(times.prefix(9_000)))
            #expect(seen.enumerated().allSatisfy { $0.element.number == UInt8(truncatingIfNeeded: $0.offset) })
            #expect(batches == 3)
            let again = try source.nextBatch()
            #expect(again == .ended)
            let counters = source.counters()
            #expect(counters.packets == 9_000 && counters.bytes == 9_000 * 43)
            #expect(counters.dropped == 0 && counters.malformed == 0)
            #expect(seen.allSatisfy { $0.direction == .unknown })
        }
    }

    @Test("Loops are counted, and number the interfaces alike")
    func loops() throws {
        try withCapture(times: [0, 10, 20]) { path in
            var options = ReplayOptions(path: path)
            options.loops = 4
            options.firstInterface = InterfaceID(rawValue: 9)
            var source = try ReplaySource(options)
            let (seen, _) = try drain(&source)
            #expect(seen.map(\.number) == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])
            #expect(source.interfaces.map(\.id.rawValue) == [9])
            #expect(source.loops == 4)
        }
    }

    @Test("Zero loops go on for ever, and a file without packets ends all the same")
    func endless() throws {
        try withCapture(times: [0, 10]) { path in
            var options = ReplayOptions(path: path)
            options.loops = 0
            var source = try ReplaySource(options)
            let (seen, _) = try drain(&source, limit: 10_001)
            #expect(seen.count >= 10_001)
        }
        try withCapture(times: []) { path in
            var options = ReplayOptions(path: path)
            options.loops = 0
            var source = try ReplaySource(options)
            let batch = try source.nextBatch()
            #expect(batch == .ended)
        }
    }

    @Test("At a given speed packets are not early, and those that are due together come together")
    func paced() throws {
        // 300 ms of recording, thrice as fast.
        let times = [0, 1, 2, 150_000_000, 150_000_001, 300_000_000] as [Int64]
        try withCapture(times: times) { path in
            var options = ReplayOptions(path: path)
            options.pace = .speed(3)
            var source = try ReplaySource(options)
            let begin = Clocks.monotonic
            var seen: [Seen] = []
            var isOver = false
            while !isOver {
                let batch = try source.nextBatch()
                isOver = batch == .ended
                while let frame = source.next() {
                    let time = frame.time.nanoseconds - 1_700_000_000_000_000_000
                    #expect(Clocks.monotonic - begin >= time / 3, "packet at \(time)")
                    seen.append(Seen(number: 0, time: time, direction: .unknown))
                }
            }
            #expect(seen.map(\.time) == times)
        }
    }

    @Test("A wait for what is far off ends in time for orders, and at once by a wake-up")
    func patience() throws {
        try withCapture(times: [0, 3_600_000_000_000]) { path in
            let wakeup = try Wakeup()
            var options = ReplayOptions(path: path)
            options.pace = .speed(1)
            options.wakeDescriptor = wakeup.number
            var source = try ReplaySource(options)
            let first = try source.nextBatch()
            var count = 0
            while source.next() != nil { count += 1 }
            #expect(first == .packets && count == 1)
            wakeup.signal()
            for _ in 0..<3 {
                let batch = try source.nextBatch()
                #expect(batch == .idle)
                let packet = source.next()
                #expect(packet == nil)
            }
        }
    }

    @Test("The present replaces recorded times where it is asked for")
    func present() throws {
        try withCapture(times: [0, 10, 20]) { path in
            var options = ReplayOptions(path: path)
            options.times = .present
            var source = try ReplaySource(options)
            let before = Clocks.wall.nanoseconds
            let (seen, _) = try drain(&source)
            let after = Clocks.wall.nanoseconds
            #expect(seen.count == 3)
            #expect(seen.allSatisfy { before...after ~= $0.time + 1_700_000_000_000_000_000 })
        }
    }

    @Test("Where the file has no direction, the interface's own addresses tell it")
    func direction() throws {
        try withCapture(times: [0]) { path in
            for (own, direction) in [("10.0.0.1", FrameDirection.outgoing), ("10.0.0.2", .incoming)] {
                var options = ReplayOptions(path: path)
                options.ownAddresses = OwnAddresses(addresses: [try #require(IPAddress(parsing: own))])
                var source = try ReplaySource(options)
                _ = try source.nextBatch()
                let frame = source.next()
                #expect(frame?.direction == direction)
                #expect(frame?.incoming == (direction == .incoming ? frame?.interface : InterfaceID.none))
                #expect(frame?.outgoing == (direction == .outgoing ? frame?.interface : InterfaceID.none))
            }
        }
    }

    @Test("A pcapng's own directions and interfaces stay")
    func pcapng() throws {
        for path in Fixtures.captureNames.map(Fixtures.capture) where path.hasSuffix(".pcapng") {
            var reader = try CaptureReader(path: path)
            var want: [FrameDirection] = []
            while let frame = try reader.next() { want.append(frame.direction) }
            var source = try ReplaySource(ReplayOptions(path: path))
            let (seen, _) = try drain(&source)
            #expect(seen.map(\.direction) == want, "\(path)")
            let interfaces = reader.interfaces
            #expect(source.interfaces == interfaces, "\(path)")
            let damage = UInt64(reader.damageCount)
            #expect(source.counters().malformed == damage, "\(path)")
        }
    }

    @Test("A file that is not there, or is no capture, is an error with its path")
    func errors() {
        for path in ["/nonexistent/some.pcap", "/proc/self/status", "/tmp"] {
            do throws(SourceError) {
                _ = try ReplaySource(ReplayOptions(path: path)).loops
                Issue.record("\(path) was replayed")
            } catch {
                #expect(error.doing == "opening a capture to replay")
                #expect(error.reason.hasPrefix("\(path): "))
            }
        }
    }
}
