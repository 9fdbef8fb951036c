extension FrameDirection {
    /// Which way a record of the firewall's log went, as whoever reads it first must say it: the live source and the
    /// decoder of a file alike.
    ///
    /// What the hooks behind routing saw leaves the gateway, even where the kernel still knows the interface that it
    /// came by. Else a record with an incoming interface is incoming, one with an outgoing interface only is outgoing,
    /// and without either the hook tells. `family` is the record's (NFPROTO_*), `hook` nil where it says none.
    @inlinable
    public init(logFamily family: UInt8, hook: UInt8?, hasInput: Bool, hasOutput: Bool) {
        let side = hook.map { FrameDirection.side(of: $0, family: family) } ?? .unknown
        if side == .outgoing {
            self = .outgoing
        } else if hasInput {
            self = .incoming
        } else {
            self = hasOutput ? .outgoing : side
        }
    }

    /// What a hook alone says (linux/netfilter.h, netfilter_arp.h, netfilter_bridge.h).
    @inlinable
    static func side(of hook: UInt8, family: UInt8) -> FrameDirection {
        // ARP has input, output, forward; netdev has ingress and egress.
        if family == 3 || family == 5 { return hook == 1 ? .outgoing : hook <= 2 ? .incoming : .unknown }
        switch hook {
        // Before routing, to us, through us; ingress.
        case 0, 1, 2, 5: return .incoming
        // From us, after routing.
        case 3, 4: return .outgoing
        default: return .unknown
        }
    }
}
