public import PacketDecoding
public import Primitives

/// Anti-spoofing: whether a packet's source can be where the packet came from (RFC 2827, RFC 3704).
///
/// On an interface only those sources are legal that are attached to it or routed through it; an interface to the
/// Internet takes what is legal nowhere else. Sources that no packet may have (martians, RFC 1812 section 5.3.7) are
/// illegal everywhere.
public struct SourceCheck: Sendable {
    public enum Verdict: Hashable, Sendable {
        case legal
        /// Nobody knows: routes of policy tables may lead there.
        case unknown
        /// No packet on a network has such a source.
        case martian
        /// There is a route, and it leads elsewhere.
        case elsewhere
        /// No route leads there, and the interface is not one to the Internet.
        case nowhere

        public var isSpoofed: Bool {
            switch self {
            case .legal, .unknown: false
            case .martian, .elsewhere, .nowhere: true
            }
        }
    }

    public let routes: SourceRoutes
    /// Interfaces that take what is legal nowhere else; nil is every one that no route names.
    private let internet: Set<UInt32>?
    private let named: Set<UInt32>
    /// Addresses that a policy route may lead to: not 0 where one does.
    private let unknown: AddressMap

    /// `unknown` are the addresses of which the routes say too little to call a packet wrong.
    public init(_ routes: SourceRoutes, internet: Set<UInt32>? = nil, unknown: [AddressRange] = []) {
        self.routes = routes
        self.internet = internet
        named = Set(routes.routes.flatMap(\.interfaces))
        self.unknown = AddressMap(unknown.map { ($0, 1) }) { _ in 1 }
    }

    /// What the source of a packet that `interface` received is. About 50 ns.
    public func verdict(_ layers: Layers, _ bytes: RawSpan, on interface: UInt32) -> Verdict {
        guard let source = layers.source(in: bytes) else { return .legal }
        switch kind(of: source) {
        case .local: return .legal
        case .unspecified: return asksForAddress(layers) ? .legal : .martian
        case .martian: return .martian
        case .ordinary: return verdict(on: source, from: interface)
        }
    }

    /// The same for an address alone: what an administrator asks about.
    public func verdict(on source: IPAddress, from interface: UInt32) -> Verdict {
        switch kind(of: source) {
        case .local: return .legal
        case .unspecified, .martian: return .martian
        case .ordinary: break
        }
        switch routes.leads(to: source, through: interface) {
        case true: return .legal
        case nil where internet?.contains(interface) ?? !named.contains(interface): return .legal
        case let found: return unknown.value(at: source) != 0 ? .unknown : found == nil ? .nowhere : .elsewhere
        }
    }

    private enum Kind {
        case ordinary
        /// Addresses of a link, legal on every one.
        case local
        case unspecified
        case martian
    }

    private func kind(of source: IPAddress) -> Kind {
        switch source {
        case .v4(let address):
            switch address.number >> 24 {
            case 0: return address.number == 0 ? .unspecified : .martian
            case 127, 224...239: return .martian
            case 169: return address.number >> 16 == 0xA9FE ? .local : .ordinary
            case 255: return address.number == .max ? .martian : .ordinary
            default: return .ordinary
            }
        case .v6(let address):
            if address.number == 0 { return .unspecified }
            if address.number == 1 || address.number >> 120 == 0xFF || address.number >> 32 == 0xFFFF {
                return .martian
            }
            return address.number >> 118 == 0x3FA ? .local : .ordinary
        }
    }

    /// DHCP (RFC 2131), duplicate address detection and multicast listeners (RFC 4862, RFC 3590) begin without an
    /// address, as does IGMP before there is one.
    private func asksForAddress(_ layers: Layers) -> Bool {
        if layers.present.contains(.ipv6) { return layers.protocolNumber == 58 }
        if layers.protocolNumber == 2 { return true }
        return layers.protocolNumber == 17 && layers.present.contains(.ports) && layers.sourcePort == 68
            && layers.destinationPort == 67
    }
}
