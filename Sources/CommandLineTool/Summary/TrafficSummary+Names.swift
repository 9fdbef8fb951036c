import Expressions
import PacketDecoding
import Primitives

extension TrafficSummary.ProtocolKey {
    /// "TCP", "protocol 254", "ARP", "EtherType 0x88b5".
    var name: String {
        switch self {
        case .ip(let number): IPProtocol.name(of: number).map(\.description) ?? "protocol \(number)"
        case .link(let type):
            EtherType.name(of: type).map(\.description) ?? "EtherType 0x\(String(type, radix: 16))"
        case .unknown: "(not decoded)"
        }
    }
}

extension TrafficSummary.PortKey {
    /// "443/TCP (https)".
    var name: String {
        let transport = IPProtocol.name(of: transport).map(\.description) ?? "\(transport)"
        guard let service = Services.name(of: port) else { return "\(port)/\(transport)" }
        return "\(port)/\(transport) (\(service))"
    }
}
