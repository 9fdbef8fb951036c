import FuzzDriver
import Primitives
import RadiusAccounting

// Any bytes as datagrams are walked within their bounds and change nobody's place unless they are proved. The first byte
// says whether what follows is given a right authenticator, so that what stands behind it is reached; several packets
// follow each other, each behind a byte with its length.

@main
enum RadiusTarget {
    static func main() { FuzzDriver.run({ fuzzRadius($0, $1) }, seeds: writeSeeds) }
}

private let secret = RadiusSecret(Array("fuzzed".utf8))

private func fuzzRadius(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: count)
    var service = AccountingService(AccountingPolicy(timeout: 60_000_000_000, maxAge: nil), seed: 1)
    let all = AddressRange(.v4(IPv4Address(0)), .v4(IPv4Address(.max)))!
    service.configure(
        RadiusClients([RadiusClient(name: "c", addresses: [all], secret: secret)]),
        AccountingPolicy(timeout: 60_000_000_000, maxAge: 300), at: Timestamp(seconds: 1))
    var response = ByteBuffer(capacity: 64)
    var offset = 0
    var now: Int64 = 1_800_000_000
    while offset + 2 <= count {
        let isProved = bytes.byte(at: offset) & 1 == 1
        let length = min(Int(bytes.byte(at: offset + 1)), count - offset - 2)
        let packet = bytes.extracting(offset + 2..<offset + 2 + length)
        offset += 2 + length
        now += 1
        let answered =
            isProved
            ? proved(packet, &service, now, &response)
            : service.receive(
                packet, from: .v4(IPv4Address(1)), port: 9, at: Timestamp(seconds: now), response: &response)
        if answered { precondition(response.count >= 20 && response.count <= 4096 && response.bytes.byte(at: 0) == 5) }
        for change in service.takeChanges() { precondition(!change.user.isEmpty && change.time.seconds <= now) }
    }
    service.expire(at: Timestamp(seconds: now + 61))
    precondition(service.report.sessions == 0)
    return 0
}

/// The packet's attributes in a packet that is whole and genuine.
private func proved(
    _ attributes: RawSpan, _ service: inout AccountingService, _ now: Int64, _ response: inout ByteBuffer
) -> Bool {
    var packet = ByteBuffer(capacity: 512)
    packet.append(4)
    packet.append(UInt8(truncatingIfNeeded: now))
    packet.appendBig(UInt16(20 + attributes.byteCount))
    packet.appendZeros(16)
    packet.append(attributes)
    let digest = secret.requestAuthenticator(of: packet.bytes)
    for place in 0..<16 { packet.overwriteLittle(digest[place], at: 4 + place) }
    return service.receive(
        packet.bytes, from: .v4(IPv4Address(1)), port: 9, at: Timestamp(seconds: now), response: &response)
}

/// Writes a start, an update and a stop as inputs.
private func writeSeeds(into folder: String) {
    func attribute(_ type: UInt8, _ value: [UInt8]) -> [UInt8] { [type, UInt8(value.count + 2)] + value }
    func packet(_ status: UInt8) -> [UInt8] {
        let attributes =
            attribute(40, [0, 0, 0, status]) + attribute(44, [1]) + attribute(1, Array("jane".utf8))
            + attribute(8, [10, 0, 0, 5]) + attribute(32, [2]) + attribute(41, [0, 0, 0, 1])
            + attribute(97, [0, 64, 0x20, 1, 0, 0, 0, 0, 0, 0]) + attribute(96, [0, 0, 0, 0, 0, 0, 0, 1])
            + attribute(33, [9, 9]) + attribute(55, [0x6B, 0x49, 0xD2, 0])
        return [1, UInt8(attributes.count)] + attributes
    }
    FuzzDriver.write(packet(1) + packet(3) + packet(2), to: "\(folder)/life")
    FuzzDriver.write(packet(1) + packet(7), to: "\(folder)/restart")
    FuzzDriver.write([0, 20] + [4, 1, 0, 20] + [UInt8](repeating: 0, count: 16), to: "\(folder)/forged")
}
