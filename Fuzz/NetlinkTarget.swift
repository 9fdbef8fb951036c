import FuzzDriver
import LiveCapture
import Netlink
import PacketDecoding
import Primitives
import Records

// Any bytes, as datagrams of the kernel, are walked within their bounds, and what is read from them keeps its promises:
// records of the firewall's log, connection events, interfaces. An input is the bytes of one datagram.

@main
enum NetlinkTarget {
    static func main() { FuzzDriver.run({ fuzzNetlink($0, $1) }, seeds: writeSeeds) }
}

private func fuzzNetlink(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: count)
    var end = 0
    var messages = NetlinkMessages(count: count)
    while let message = messages.next(in: bytes) {
        precondition(message.payload.lowerBound >= end + 16 && message.payload.upperBound <= count)
        end = message.payload.upperBound
        _ = message.errorNumber(in: bytes)
        walk(bytes, message.payload, depth: 0)
        read(bytes, message)
    }
    var table = InterfaceTable()
    table.apply(bytes)
    precondition(table.sorted.allSatisfy { !$0.name.isEmpty && $0.index > 0 })
    return 0
}

private func walk(_ bytes: RawSpan, _ range: Range<Int>, depth: Int) {
    var end = range.lowerBound
    var attributes = NetlinkAttributes(range)
    while let attribute = attributes.next(in: bytes) {
        precondition(attribute.value.lowerBound >= end + 4 && attribute.value.upperBound <= range.upperBound)
        end = attribute.value.upperBound
        if depth < 3 { walk(bytes, attribute.value, depth: depth + 1) }
    }
}

private func read(_ bytes: RawSpan, _ message: NetlinkMessage) {
    if let record = FirewallLogRecord(bytes, message.payload) {
        _ = record.direction
        precondition(record.wireLength(bytes) >= record.packet?.count ?? 0)
        if let packet = record.packet {
            precondition(packet.lowerBound >= message.payload.lowerBound)
            precondition(packet.upperBound <= message.payload.upperBound)
        }
        let frame = Frame(
            time: record.time ?? Timestamp(nanoseconds: 0), capturedLength: message.payload.count,
            originalLength: message.payload.count, linkType: .nflog)
        var layers = Layers()
        layers.decode(bytes.extracting(message.payload), of: frame)
    }
    if let event = ConnectionEvent(bytes, message, received: Timestamp(nanoseconds: 1)) {
        _ = event.record.translated
        precondition(event.record.duration ?? 0 >= 0)
        precondition(event.kind != .destroyed || event.record.present.contains(.ended))
    }
}

/// Writes a message of each kind as an input.
private func writeSeeds(into folder: String) {
    func attribute(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        [UInt8(value.count + 4), 0, type, 0] + value + [UInt8](repeating: 0, count: -value.count & 3)
    }
    func message(_ type: [UInt8], _ payload: [UInt8]) -> [UInt8] {
        let length = payload.count + 16
        return [UInt8(length & 255), UInt8(length >> 8), 0, 0] + type + [UInt8](repeating: 0, count: 10) + payload
    }
    let packet: [UInt8] = [0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 9, 0, 9, 0, 8, 0, 0]
    let log =
        [2, 0, 0, 5] + attribute(1, [8, 0, 3, 0]) + attribute(10, Array("DROP a\0".utf8)) + attribute(5, [0, 0, 0, 1])
        + attribute(3, [UInt8](repeating: 0, count: 16)) + attribute(12, [0, 0, 0, 1]) + attribute(9, packet)
    let addresses = attribute(1, attribute(1, [10, 0, 0, 1]) + attribute(2, [10, 0, 0, 2]))
    let ports = attribute(2, attribute(1, [6]) + attribute(2, [0, 9]) + attribute(3, [0, 80]))
    let counters = attribute(1, [0, 0, 0, 0, 0, 0, 0, 1]) + attribute(2, [0, 0, 0, 0, 0, 0, 0, 60])
    let connection =
        [2, 0, 0, 0] + attribute(1, addresses + ports) + attribute(2, addresses + ports) + attribute(9, counters)
        + attribute(10, counters) + attribute(4, attribute(1, attribute(1, [3])))
        + attribute(20, attribute(1, [0, 0, 0, 0, 0, 0, 0, 9]))
    let link =
        [0, 0, 1, 0, 2, 0, 0, 0, 0x41, 0, 0, 0, 0, 0, 0, 0] + attribute(3, Array("eth0\0".utf8))
        + attribute(18, attribute(1, Array("veth\0".utf8))) + attribute(1, [2, 0, 0, 0, 0, 1])
    let address = [2, 24, 0, 0, 2, 0, 0, 0] + attribute(1, [10, 0, 0, 1])
    FuzzDriver.write(message([0, 4], log), to: "\(folder)/log")
    FuzzDriver.write(message([2, 1], connection), to: "\(folder)/connection")
    FuzzDriver.write(message([16, 0], link) + message([20, 0], address), to: "\(folder)/interfaces")
}
