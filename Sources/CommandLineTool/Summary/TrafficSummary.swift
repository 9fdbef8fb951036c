import PacketDecoding
import Primitives

/// What `--summary` counts: protocols, talkers, ports and time. Every table is bounded; what did not fit is
/// counted and said.
struct TrafficSummary {
    /// Packets and bytes (on the wire) of one row.
    struct Counts: Equatable {
        var packets = 0
        var bytes = 0

        mutating func add(_ length: Int) {
            packets += 1
            bytes += length
        }
    }

    /// What one address sent and received.
    struct Talker: Equatable {
        var sent = Counts()
        var received = Counts()

        var bytes: Int { sent.bytes + received.bytes }
    }

    /// A protocol above IP, or what the link carried instead.
    enum ProtocolKey: Hashable {
        case ip(UInt8)
        case link(etherType: UInt16)
        case unknown
    }

    /// A port and the protocol that it belongs to.
    struct PortKey: Hashable {
        var port: UInt16
        var transport: UInt8
    }

    /// Most addresses counted apart. An address that comes later is counted as one of the others.
    /// - Limit: talkers of a summary |  | counted together, and said
    static let talkerLimit = 65_536

    private(set) var total = Counts()
    private(set) var protocols: [ProtocolKey: Counts] = [:]
    private(set) var talkers: [IPAddress: Talker] = [:]
    /// What addresses beyond the limit sent and received.
    private(set) var otherTalkers = Talker()
    private(set) var ports: [PortKey: Counts] = [:]
    private(set) var histogram = TimeHistogram()
    private(set) var earliest = Timestamp(nanoseconds: .max)
    private(set) var latest = Timestamp(nanoseconds: .min)
    /// Packets that could not be decoded to their end.
    private(set) var broken = 0

    /// Counts one packet.
    mutating func add(_ frame: Frame, _ layers: Layers, _ bytes: RawSpan) {
        let length = frame.originalLength
        total.add(length)
        earliest = min(earliest, frame.time)
        latest = max(latest, frame.time)
        histogram.add(frame.time, bytes: length)
        if layers.present.contains(.error) { broken += 1 }
        protocols[protocolKey(layers), default: Counts()].add(length)
        if let source = layers.source(in: bytes), let destination = layers.destination(in: bytes) {
            addTalker(source) { $0.sent.add(length) }
            addTalker(destination) { $0.received.add(length) }
        }
        if layers.present.contains(.ports) {
            // The service is on the lower port nearly always: the higher one was drawn by the client.
            let port = min(layers.sourcePort, layers.destinationPort)
            ports[PortKey(port: port, transport: layers.protocolNumber), default: Counts()].add(length)
        }
    }

    private func protocolKey(_ layers: Layers) -> ProtocolKey {
        if !layers.present.isDisjoint(with: .ip) { return .ip(layers.protocolNumber) }
        if layers.present.contains(.etherType) { return .link(etherType: layers.etherType) }
        return .unknown
    }

    private mutating func addTalker(_ address: IPAddress, _ change: (inout Talker) -> Void) {
        if talkers.count >= Self.talkerLimit, talkers[address] == nil {
            change(&otherTalkers)
        } else {
            change(&talkers[address, default: Talker()])
        }
    }
}
