import CaptureFiles
import PacketDecoding
import Primitives

/// What the capture readers promise of any bytes.
public enum CapturePromises {
    /// The promise that `capture` makes a reader break, in words; nil where it keeps all. `seed` chooses how the
    /// bytes are cut up.
    public static func broken(_ capture: [UInt8], seed: UInt64) -> String? {
        let whole = CaptureReading(of: capture)
        if whole.steps > capture.count + 16 { return "\(whole.steps) steps for \(capture.count) bytes" }
        for place in whole.damage where !(0...Int64(capture.count) ~= place.offset) {
            return "damage outside of the capture: \(place)"
        }
        for place in whole.damage where !(0...(Int64(capture.count) - place.offset) ~= place.skipped) {
            return "more passed over than there is: \(place)"
        }
        if whole.damage.count != min(whole.damageCount, CaptureParser.damageLimit) { return "damage is not counted" }
        var generator = SeededGenerator(seed: seed)
        let most = Int.random(in: 1...64, using: &generator)
        let pieces = CaptureReading(of: capture) { Int.random(in: 1...most, using: &generator) }
        if let difference = whole.difference(from: pieces) { return "pieces of at most \(most) bytes: \(difference)" }
        return whole.error == nil ? brokenByCopy(whole) : nil
    }

    /// A pcapng copy has the same packets, and no damage.
    private static func brokenByCopy(_ reading: CaptureReading) -> String? {
        let again = CaptureReading(of: pcapng(of: reading))
        if again.error != nil || again.damageCount > 0 { return "a copy cannot be read: \(again.damage)" }
        guard again.packets.count == reading.packets.count else { return "a copy has \(again.packets.count) packets" }
        for (copy, packet) in zip(again.packets, reading.packets) {
            var expected = packet
            expected.time = max(0, packet.time)
            expected.interface = copy.interface
            if copy != expected { return "a copy differs: \(copy) for \(expected)" }
        }
        return nil
    }

    /// The packets and interfaces of `reading`, written as a pcapng.
    public static func pcapng(of reading: CaptureReading) -> [UInt8] {
        var buffer = ByteBuffer()
        var writer = PcapngWriter(CaptureDescription(comments: ["a copy"]), into: &buffer)
        for interface in reading.interfaces { writer.add(interface, into: &buffer) }
        for packet in reading.packets {
            let frame = Frame(
                time: Timestamp(nanoseconds: packet.time), capturedLength: packet.bytes.count,
                originalLength: packet.original, linkType: LinkType(packet.linkType), direction: packet.direction,
                interface: InterfaceID(rawValue: packet.interface))
            writer.append(frame, packet.bytes.span.bytes, comments: packet.comments, into: &buffer)
        }
        writer.finish(reading.interfaces, into: &buffer)
        return buffer.bytes.withUnsafeBytes { [UInt8]($0) }
    }
}
