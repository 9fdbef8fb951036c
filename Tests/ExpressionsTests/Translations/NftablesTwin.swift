import ExpressionSupport
import Expressions
import PacketDecoding
import Primitives

/// What a rule in a table of family inet selects, read from its text as nft(8) describes it. It knows the
/// words that the translation writes, and no others.
struct NftablesTwin {
    private let words: [Substring]
    private var next = 0
    private let packet: TestPacket

    static func selects(_ rules: [String], _ packet: TestPacket) -> Bool {
        rules.contains { rule in
            var twin = NftablesTwin(rule, packet)
            while twin.next < twin.words.count {
                guard twin.match() else { return false }
            }
            return true
        }
    }

    private init(_ rule: String, _ packet: TestPacket) {
        words = rule.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "(" || $0 == ")" || $0 == "|" })
        self.packet = packet
    }

    private var layers: Layers { packet.layers }
    private var isIPv4: Bool { layers.present.contains(.ipv4) }
    private var header: ArraySlice<UInt8> { packet.bytes[Int(layers.networkOffset)...] }

    private mutating func word() -> Substring {
        defer { next += 1 }
        return next < words.count ? words[next] : ""
    }

    private mutating func takes(_ wanted: Substring) -> Bool {
        guard next < words.count, words[next] == wanted else { return false }
        next += 1
        return true
    }

    /// Reads one match, whatever it says: the rest of the rule stands behind it.
    private mutating func match() -> Bool {
        switch word() {
        case "meta": meta()
        case "ip": network(isIPv4: true)
        case "ip6": network(isIPv4: false)
        case "exthdr": extensionHeader()
        case "frag": fragmentHeader()
        case "tcp": header(6)
        case "udp": header(17)
        case "sctp": header(132)
        case "udplite": header(136)
        case "th": port()
        case "icmp": icmp(isIPv4: true, number: 1)
        case "icmpv6": icmp(isIPv4: false, number: 58)
        default: preconditionFailure("a word that the twin does not know: \(words)")
        }
    }

    private mutating func meta() -> Bool {
        switch word() {
        case "nfproto": word() == (isIPv4 ? "ipv4" : "ipv6")
        case "l4proto": isOne(UInt32(layers.protocolNumber))
        case "length": isOne(layers.totalLength)
        default: preconditionFailure("a word that the twin does not know: \(words)")
        }
    }

    private mutating func network(isIPv4 wanted: Bool) -> Bool {
        let source = layers.source(in: packet.bytes.span.bytes)!
        let destination = layers.destination(in: packet.bytes.span.bytes)!
        let field = word()
        let isMet =
            switch field {
            case "saddr": isOne(source)
            case "daddr": isOne(destination)
            case "ttl", "hoplimit": isOne(UInt32(layers.ttl))
            case "dscp": isOne(UInt32(layers.dscp))
            case "frag-off": fragmentBits()
            default: preconditionFailure("a word that the twin does not know: \(words)")
            }
        return isMet && isIPv4 == wanted
    }

    /// `& 0x3fff != 0`
    private mutating func fragmentBits() -> Bool {
        _ = word()
        let mask = number(word())
        let isEqual = word() == "=="
        let value = number(word())
        guard isIPv4 else { return false }
        let field = UInt32(header[header.startIndex + 6]) << 8 | UInt32(header[header.startIndex + 7])
        return (field & mask == value) == isEqual
    }

    /// No packet here has an extension header.
    private mutating func extensionHeader() -> Bool {
        _ = word()
        return word() == "missing" && !isIPv4
    }

    private mutating func fragmentHeader() -> Bool {
        next += 3
        return false
    }

    private mutating func header(_ number: UInt8) -> Bool {
        let isMet = takes("flags") ? flags() : port()
        return isMet && layers.protocolNumber == number
    }

    private mutating func port() -> Bool {
        let isSource = word() == "sport"
        return isOne(UInt32(isSource ? layers.sourcePort : layers.destinationPort)) && layers.present.contains(.ports)
    }

    /// `& (syn | ack) == syn`
    private mutating func flags() -> Bool {
        _ = word()
        let mask = flagNames()
        let isEqual = word() == "=="
        let value = takes("0") ? 0 : flagNames()
        return layers.present.contains(.tcpFlags) && (layers.tcpFlags & mask == value) == isEqual
    }

    private mutating func flagNames() -> UInt8 {
        let names: [Substring] = ["fin", "syn", "rst", "psh", "ack", "urg"]
        var flags: UInt8 = 0
        while next < words.count, let bit = names.firstIndex(of: words[next]) {
            flags |= 1 << UInt8(bit)
            next += 1
        }
        return flags
    }

    private mutating func icmp(isIPv4 wanted: Bool, number: UInt8) -> Bool {
        let field = word() == "type" ? layers.icmpType : layers.icmpCode
        return isOne(UInt32(field)) && isIPv4 == wanted && layers.protocolNumber == number
            && layers.present.contains(.icmp)
    }

    // MARK: Values

    private mutating func values() -> (isNegated: Bool, values: [Substring]) {
        let isNegated = takes("!=")
        guard takes("{") else { return (isNegated, [word()]) }
        var values: [Substring] = []
        while !takes("}") { values.append(word()) }
        return (isNegated, values)
    }

    private mutating func isOne(_ number: UInt32) -> Bool {
        let (isNegated, values) = values()
        let isMember = values.contains { value in
            let ends = value.split(separator: "-").map { self.number($0) }
            return ends[0] <= number && number <= ends[ends.count - 1]
        }
        return isMember != isNegated
    }

    private mutating func isOne(_ address: IPAddress) -> Bool {
        let (isNegated, values) = values()
        let isMember = values.contains { value in
            let slash = value.split(separator: "/")
            if slash.count == 2 {
                let range = AddressRange(IPAddress(parsing: String(slash[0]))!, prefixLength: Int(slash[1])!)!
                return range.lower <= address && address <= range.upper
            }
            let ends = value.split(separator: "-").map { IPAddress(parsing: String($0))! }
            return ends[0] <= address && address <= ends[ends.count - 1]
        }
        return isMember != isNegated
    }

    private func number(_ word: Substring) -> UInt32 {
        let names: [Substring: UInt32] = ["tcp": 6, "udp": 17, "sctp": 132, "udplite": 136]
        if word.hasPrefix("0x") { return UInt32(word.dropFirst(2), radix: 16)! }
        return names[word] ?? UInt32(word)!
    }
}
