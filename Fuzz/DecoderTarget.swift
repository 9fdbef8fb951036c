import FuzzDriver
import PacketDecoding
import Primitives
import TestSupport

// Any bytes, as a frame of any link type, give facts that keep their promises: the decoder, the packets in tunnels,
// the ports of fragments, the names in DNS answers. An input is a byte that chooses the link type, two bytes that say
// how much longer the frame was on the wire, and the captured bytes.

private let links: [LinkType] = [
    .ethernet, .raw, .linuxCooked, .linuxCookedV2, .nflog, .null, .loop, .ppp, .pppHDLC, .pppEthernet, .ipv4, .ipv6,
    .rawBSD, .rawOpenBSD, .ieee80211, .ieee80211Radiotap,
]

@main
enum DecoderTarget {
    static func main() { FuzzDriver.run({ fuzzDecoder($0, $1) }, seeds: writeSeeds) }
}

private func fuzzDecoder(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count >= 3 else { return 0 }
    let link = links[Int(start[0]) % links.count]
    let missing = Int(start[1]) << 8 | Int(start[2])
    let bytes = RawSpan(_unsafeStart: UnsafeRawPointer(start + 3), byteCount: count - 3)
    if let broken = DecodedPromises.broken(bytes, link, original: bytes.byteCount + missing) {
        preconditionFailure("broken promise: \(broken)")
    }
    return 0
}

/// Writes each packet of the tests' corpus as an input.
private func writeSeeds(into folder: String) {
    for (index, (_, packet)) in DecodingCorpus.packets.enumerated() {
        let input = [UInt8(links.firstIndex(of: packet.linkType) ?? 0), 0, 0] + packet.bytes
        FuzzDriver.write(input, to: "\(folder)/packet-\(index)")
    }
}
