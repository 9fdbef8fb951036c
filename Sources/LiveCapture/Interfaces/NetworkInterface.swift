public import Primitives

/// An interface of this machine as the kernel describes it now: a plain value.
public struct NetworkInterface: Hashable, Sendable {
    /// What an interface is for, as far as the kernel can tell; settings may know better.
    public enum Kind: String, Hashable, Sendable {
        /// Anything that carries Ethernet frames: cards, VLANs, bonds, pairs, wireless, taps.
        case ethernet
        case bridge
        case loopback
        /// A tunnel between networks: WireGuard, tun, IP in IP, GRE, SIT, VTI, XFRM.
        case vpnTunnel
        /// One remote client ends on it: PPP.
        case vpnClient
        case other
    }

    /// An address of the interface with its network.
    public struct Address: Hashable, Sendable, CustomStringConvertible {
        public var address: IPAddress
        /// Bits of the network, 0 ... 32 or 0 ... 128.
        public var prefixLength: UInt8

        public init(address: IPAddress, prefixLength: UInt8) {
            self.address = address
            self.prefixLength = prefixLength
        }

        /// The addresses of its network.
        public var network: AddressRange {
            AddressRange(address, prefixLength: Int(prefixLength)) ?? AddressRange(address)
        }

        /// "10.0.0.1/24".
        public var description: String {
            String(appending: {
                $0.append(address)
                $0.append(UInt8(ascii: "/"))
                $0.append(decimal: UInt32(prefixLength))
            })
        }
    }

    /// The kernel's number, 1 onwards.
    public var index: UInt32
    /// The kernel's name: "eth0".
    public var name: String
    /// Whether packets can pass: it is switched on, and what it is plugged into answers.
    public var isUp = false
    /// What the kernel calls the kind of a virtual interface (IFLA_INFO_KIND): "wireguard"; nil for hardware.
    public var linkInfoKind: String?
    /// The kind of hardware (ARPHRD_*): 1 is Ethernet.
    public var hardwareType: UInt16 = 0
    /// Nil where it has none of six bytes.
    public var mac: MACAddress?
    /// Own addresses, in the order in which the kernel gave them.
    public var addresses: [Address] = []

    public init(index: UInt32, name: String) {
        self.index = index
        self.name = name
    }

    /// Whether its frames begin with an Ethernet header: ARPHRD_ETHER, and the loopback.
    public var isEthernet: Bool { hardwareType == 1 || hardwareType == 772 }

    /// What it is for, by its kind and its hardware.
    public var kind: Kind {
        switch linkInfoKind {
        case "bridge": return .bridge
        case "ppp": return .vpnClient
        case "wireguard", "ipip", "gre", "gretap", "erspan", "ip6gre", "ip6gretap", "ip6erspan", "ip6tnl", "sit",
            "vti", "vti6", "xfrm":
            return .vpnTunnel
        default: break
        }
        switch hardwareType {
        // ARPHRD_ETHER.
        case 1: return .ethernet
        case 772: return .loopback
        // ARPHRD_PPP.
        case 512: return .vpnClient
        // ARPHRD_TUNNEL, TUNNEL6, SIT, IPGRE, IP6GRE; NONE is what tun has.
        case 768, 769, 776, 778, 823, 0xFFFE: return .vpnTunnel
        default: return .other
        }
    }
}
