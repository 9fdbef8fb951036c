extension TcpdumpWriter {
    // MARK: Ports

    mutating func ports(_ side: Place, _ ranges: [ClosedRange<UInt32>], _ carriers: PortCarriers) -> Formula<String> {
        let direction =
            switch side {
            case .source: "src "
            case .destination: "dst "
            case .either: ""
            }
        var words: [String] = []
        if carriers.contains([.tcp, .udp, .sctp]) {
            words = [""]
        } else {
            if carriers.contains(.tcp) { words.append("tcp ") }
            if carriers.contains(.udp) { words.append("udp ") }
            if carriers.contains(.sctp) { words.append("sctp ") }
        }
        var parts: [Formula<String>] = words.flatMap { word in
            ranges.map { range -> Formula<String> in
                range.count == 1
                    ? .atom("\(word)\(direction)port \(range.lowerBound)")
                    : .atom("\(word)\(direction)portrange \(range.lowerBound)-\(range.upperBound)")
            }
        }
        if carriers.contains(.udpLite) {
            if detail == .exact || carriers == .udpLite {
                parts.append(udpLite(side, ranges))
            } else {
                losses.add(.both, "Packets of UDP-Lite count as if they had no ports.")
            }
        }
        return .either(parts)
    }

    /// libpcap has no word for UDP-Lite, so its ports are read where they stand.
    private func udpLite(_ side: Place, _ ranges: [ClosedRange<UInt32>]) -> Formula<String> {
        let offsets: [Int] =
            switch side {
            case .source: [0]
            case .destination: [2]
            case .either: [0, 2]
            }
        let inIPv4 = offsets.map { offset in
            comparison(
                "ip[((ip[0] & 0xf) << 2)\(offset == 0 ? "" : " + \(offset)"):2]", ranges, domain: 0...65535,
                otherwise: "ip")
        }
        let inIPv6 = offsets.map { offset in
            comparison("ip6[\(40 + offset):2]", ranges, domain: 0...65535, otherwise: "ip6")
        }
        return .either([
            .every([.atom("ip proto 136"), .atom("ip[6:2] & 0x1fff = 0"), .either(inIPv4)]),
            .every([.atom("ip6[6] = 136"), .either(inIPv6)]),
        ])
    }

    // MARK: Flags and ICMP

    /// `tcp[...]` means TCP over IPv4 alone; over IPv6 the flags stand at a fixed place where no
    /// extension header comes before TCP.
    func tcpFlags(_ flags: FlagTest) -> Formula<String> {
        let mask = flags.set | flags.clear
        let six = Formula<String>.atom("ip6[6] = 6")
        guard mask != 0 else { return .either([.atom("tcp[13] >= 0"), .every([six, .atom("ip6[53] >= 0")])]) }
        let test: String
        if flags.set == 0 {
            test = "= 0"
        } else if flags.set & (flags.set - 1) == 0, flags.clear == 0 {
            test = "!= 0"
        } else {
            test = "= \(Self.names(of: flags.set))"
        }
        return .either([
            .atom("tcp[tcpflags] & \(Self.names(of: mask)) \(test)"),
            .every([six, .atom("ip6[53] & \(Self.names(of: mask)) \(test)")]),
        ])
    }

    private static func names(of flags: UInt8) -> String {
        let names = ["tcp-fin", "tcp-syn", "tcp-rst", "tcp-push", "tcp-ack", "tcp-urg", "tcp-ece", "tcp-cwr"]
        let set = names.indices.filter { flags & 1 << $0 != 0 }.map { names[$0] }
        return set.count == 1 ? set[0] : "(" + set.joined(separator: " | ") + ")"
    }

    func icmp(_ v4: [ICMPValue.TypeAndCode], _ v6: [ICMPValue.TypeAndCode]) -> Formula<String> {
        let four = v4.map { value -> Formula<String> in
            let type = Formula<String>.atom("icmp[icmptype] = \(value.type)")
            guard let code = value.code else { return type }
            return .every([type, .atom("icmp[icmpcode] = \(code)")])
        }
        let six = v6.map { value -> Formula<String> in
            let type: [Formula<String>] = [.atom("ip6[6] = 58"), .atom("ip6[40] = \(value.type)")]
            guard let code = value.code else { return .every(type) }
            return .every(type + [.atom("ip6[41] = \(code)")])
        }
        return .either(four + six)
    }

    // MARK: Payload length

    /// TCP by the IP packet's length, UDP by its own where it can be right; of any other packet nothing is known.
    func payloadLength(_ ranges: [ClosedRange<UInt32>], _ widening: Bool) -> Formula<String> {
        let datagram = ranges.filter { $0.lowerBound <= 65_527 }.map {
            $0.lowerBound + 8...min($0.upperBound, 65_527) + 8
        }
        // Each: the packets of which it is known, the field, its values.
        let cases: [(known: [String], field: String, ranges: [ClosedRange<UInt32>])] = [
            (
                ["ip proto 6", "ip[6:2] & 0x1fff = 0"],
                "ip[2:2] - ((ip[0] & 0xf) << 2) - ((tcp[12] & 0xf0) >> 2)", ranges
            ),
            (["ip proto 17", "ip[6:2] & 0x3fff = 0", "udp[4:2] >= 8"], "udp[4:2]", datagram),
            (["ip6[6] = 6"], "ip6[4:2] - ((ip6[52] & 0xf0) >> 2)", ranges),
            (["ip6[6] = 17", "ip6[44:2] >= 8"], "ip6[44:2]", datagram),
        ]
        let known = cases.map { $0.known.map { Formula<String>.atom($0) } }
        let exact = zip(cases, known).map { one, known in
            Formula.every(known + [comparison(one.field, one.ranges, domain: 0...65535, otherwise: "len >= 0")])
        }
        guard widening else { return .either(exact) }
        let others = Formula.either(known.map { .every($0) }).negated
        return .either(exact + [.every([.either([.atom("ip"), .atom("ip6")]), others])])
    }

    // MARK: Numbers

    /// A field against ranges of its domain; `otherwise` says that the field is there at all.
    func comparison(
        _ field: String, _ ranges: [ClosedRange<UInt32>], domain: ClosedRange<UInt32>, hexadecimal: Bool = false,
        otherwise: String
    ) -> Formula<String> {
        let number = { (value: UInt32) in hexadecimal ? hex(value, 8) : String(value) }
        return .either(
            ranges.filter { $0.overlaps(domain) }.map { range in
                let range = range.clamped(to: domain)
                if range.count == 1 { return .atom("\(field) = \(number(range.lowerBound))") }
                var parts: [Formula<String>] = []
                if range.lowerBound > domain.lowerBound {
                    parts.append(.atom("\(field) >= \(number(range.lowerBound))"))
                }
                if range.upperBound < domain.upperBound {
                    parts.append(.atom("\(field) <= \(number(range.upperBound))"))
                }
                return parts.isEmpty ? .atom(otherwise) : .every(parts)
            })
    }
}

/// `0x` and at least `digits` hexadecimal digits.
func hex(_ number: UInt32, _ digits: Int) -> String {
    let text = String(number, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
