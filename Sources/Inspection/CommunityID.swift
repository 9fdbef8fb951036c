import Crypto
public import PacketDecoding
import Primitives

/// The community ID of a conversation, version 1: what other tools call the same conversation by
/// (https://github.com/corelight/community-id-spec).
public enum CommunityID {
    /// The ID of an IP packet's conversation with seed 0, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="; nil for what is not IP.
    /// About a microsecond: for events, not for each packet.
    public static func text(_ layers: Layers, _ bytes: RawSpan) -> String? {
        guard let source = layers.source(in: bytes), let destination = layers.destination(in: bytes) else { return nil }
        var ports: (source: UInt16, destination: UInt16)?
        var isOneWay = false
        if layers.present.contains(.icmp) {
            let answer = answer(to: layers.icmpType, isVersion6: layers.present.contains(.ipv6))
            ports = (UInt16(layers.icmpType), UInt16(answer ?? layers.icmpCode))
            isOneWay = answer == nil
        } else if layers.present.contains(.ports) {
            ports = (layers.sourcePort, layers.destinationPort)
        }
        return text(source, destination, layers.protocolNumber, ports, isOneWay: isOneWay)
    }

    private static func text(
        _ source: IPAddress, _ destination: IPAddress, _ protocolNumber: UInt8,
        _ ports: (source: UInt16, destination: UInt16)?, isOneWay: Bool
    ) -> String {
        let isTurned =
            !isOneWay
            && (destination, ports?.destination ?? 0) < (source, ports?.source ?? 0)
        var message: [UInt8] = [0, 0]
        message += isTurned ? bytes(destination) + bytes(source) : bytes(source) + bytes(destination)
        message += [protocolNumber, 0]
        if let ports {
            let (first, second) = isTurned ? (ports.destination, ports.source) : (ports.source, ports.destination)
            message += [UInt8(first >> 8), UInt8(first & 255), UInt8(second >> 8), UInt8(second & 255)]
        }
        return "1:" + base64(Array(Insecure.SHA1.hash(data: message)))
    }

    private static func bytes(_ address: IPAddress) -> [UInt8] {
        switch address {
        case .v4(let four): (0..<4).map { UInt8(truncatingIfNeeded: four.number >> UInt32(24 - 8 * $0)) }
        case .v6(let six): (0..<16).map { UInt8(truncatingIfNeeded: six.number >> UInt128(120 - 8 * $0)) }
        }
    }

    /// The type of the message that answers one; nil where none does.
    private static func answer(to type: UInt8, isVersion6: Bool) -> UInt8? {
        let pairs: [(UInt8, UInt8)] =
            isVersion6
            ? [(128, 129), (133, 134), (135, 136), (130, 131), (144, 145), (139, 140)]
            : [(8, 0), (13, 14), (15, 16), (10, 9), (17, 18)]
        for (one, other) in pairs {
            if type == one { return other }
            if type == other { return one }
        }
        return nil
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let number = group.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
            for place in 0..<4 {
                text.append(place <= group.count ? letters[number >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
