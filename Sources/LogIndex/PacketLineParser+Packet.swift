import PacketDecoding
import Primitives
import Records

// The packet's own part of a line.

extension PacketLineParser {
    private static let protocols: [String: UInt8] = {
        var numbers: [String: UInt8] = [:]
        for number in UInt8.min...UInt8.max {
            if let name = IPProtocol.name(of: number) { numbers["\(name)"] = number }
        }
        return numbers
    }()

    private static let etherTypes: [String: UInt16] = {
        var numbers: [String: UInt16] = [:]
        for number in UInt16(0x0600)...UInt16.max {
            if let name = EtherType.name(of: number) { numbers["\(name)"] = number }
        }
        return numbers
    }()

    // MARK: Addresses and protocol

    private enum End: Equatable {
        case address(IPAddress, port: UInt16?)
        case hardware(MACAddress)
        case unknown
    }

    mutating func setEnds(_ source: String, _ destination: String) -> Bool {
        guard let source = Self.end(source), let destination = Self.end(destination) else { return false }
        switch (source, destination) {
        case (.address(.v4(let first), let port), .address(.v4(let second), let other)):
            record.present.insert(.ipv4)
            record.sourceIP = IPv6Address(mapping: first)
            record.destinationIP = IPv6Address(mapping: second)
            return setPorts(port, other)
        case (.address(.v6(let first), let port), .address(.v6(let second), let other)):
            record.present.insert(.ipv6)
            record.sourceIP = first
            record.destinationIP = second
            return setPorts(port, other)
        case (.address, _), (_, .address):
            return false
        default:
            if case .hardware(let address) = source {
                record.sourceMAC = address
                record.present.insert(.sourceMAC)
            }
            if case .hardware(let address) = destination {
                record.destinationMAC = address
                record.present.insert(.destinationMAC)
            }
            return true
        }
    }

    private mutating func setPorts(_ source: UInt16?, _ destination: UInt16?) -> Bool {
        if let source, let destination {
            record.sourcePort = source
            record.destinationPort = destination
            record.present.insert(.ports)
        }
        return (source == nil) == (destination == nil)
    }

    private static func end(_ text: String) -> End? {
        if text == "unknown" { return .unknown }
        if text.hasPrefix("[") {
            guard let close = text.lastIndex(of: "]"),
                case .v6(let address)? = IPAddress(parsing: String(text[text.index(after: text.startIndex)..<close])),
                let port = port(text[text.index(after: close)...])
            else { return nil }
            return .address(.v6(address), port: port)
        }
        if let address = IPAddress(parsing: text) { return .address(address, port: nil) }
        if let address = MACAddress(parsing: text) { return .hardware(address) }
        guard let colon = text.lastIndex(of: ":"), case .v4(let address)? = IPAddress(parsing: String(text[..<colon])),
            let port = port(text[colon...])
        else { return nil }
        return .address(.v4(address), port: port)
    }

    /// `:80`.
    private static func port(_ text: Substring) -> UInt16? {
        text.first == ":" ? UInt16(text.dropFirst()) : nil
    }

    mutating func setProtocol(_ name: String) -> Bool {
        if !record.present.isDisjoint(with: .ip) {
            guard let number = Self.protocols[name] ?? UInt8(name) else { return false }
            record.protocolNumber = number
            record.present.insert(.upperProtocol)
            return true
        }
        if let type = Self.etherTypes[name] ?? (name.hasPrefix("0x") ? UInt16(name.dropFirst(2), radix: 16) : nil) {
            record.etherType = type
            record.present.insert(.etherType)
        } else if name == "LLC" {
            // A length stands there; which one the line does not say.
            record.etherType = 0
            record.present.insert(.etherType)
        } else if name == "802.11" {
            record.linkType = .ieee80211
        } else if name == "unknown" {
            record.linkType = LinkType(.max)
        } else {
            return false
        }
        return true
    }

    // MARK: Details

    mutating func parseDetails(_ cursor: inout LineCursor, _ line: RawSpan) -> Bool {
        if cursor.take("flags:", line) { return parseTCP(&cursor, line) }
        if cursor.take("type:", line) { return parseICMP(&cursor, line) }
        if cursor.take("frag:", line) { return parseFragment(&cursor, line) }
        guard cursor.take("udplen:", line), let length = cursor.number(line) else { return false }
        record.present.formUnion([.udp, .payload])
        record.payloadLength = UInt32(length)
        return true
    }

    private mutating func parseTCP(_ cursor: inout LineCursor, _ line: RawSpan) -> Bool {
        let isControl = cursor.take("[", line)
        guard cursor.take(" ", line) || !isControl else { return false }
        var flags: UInt8 = 0
        while let flag = Self.flag(&cursor, line) {
            flags |= flag
            _ = cursor.take(" ", line)
        }
        guard cursor.take(isControl ? "], seq:" : ", seq:", line), let sequence = cursor.number(line),
            cursor.take(" ack:", line), let acknowledgement = cursor.number(line)
        else { return false }
        record.tcpFlags = flags
        record.tcpSequence = UInt32(sequence)
        record.tcpAcknowledgement = UInt32(acknowledgement)
        record.present.insert(.tcpFlags)
        guard cursor.take(", win:", line) else { return true }
        guard let window = cursor.number(line, upTo: 65_535) else { return false }
        record.tcpWindow = UInt16(window)
        record.present.insert(.tcp)
        guard cursor.take(", tcplen:", line) else { return true }
        guard let length = cursor.number(line) else { return false }
        record.payloadLength = UInt32(length)
        record.present.insert(.payload)
        return true
    }

    private static func flag(_ cursor: inout LineCursor, _ line: RawSpan) -> UInt8? {
        if cursor.take("FIN", line) { return 1 }
        if cursor.take("SYN", line) { return 2 }
        if cursor.take("RST", line) { return 4 }
        if cursor.take("PSH", line) { return 8 }
        if cursor.take("ACK", line) { return 16 }
        return cursor.take("URG", line) ? 32 : nil
    }

    private mutating func parseICMP(_ cursor: inout LineCursor, _ line: RawSpan) -> Bool {
        guard let type = cursor.number(line, upTo: 255), cursor.take(" code:", line),
            let code = cursor.number(line, upTo: 255)
        else { return false }
        if cursor.take(" id:", line) {
            guard let id = cursor.number(line, upTo: 65_535), cursor.take(" seq:", line),
                let sequence = cursor.number(line, upTo: 65_535)
            else { return false }
            record.hasEcho = true
            record.icmpID = UInt16(id)
            record.icmpSequence = UInt16(sequence)
        }
        guard cursor.take(" ttl:", line), let ttl = cursor.number(line, upTo: 255) else { return false }
        record.icmpType = UInt8(type)
        record.icmpCode = UInt8(code)
        record.ttl = UInt8(ttl)
        record.present.insert(.icmp)
        return true
    }

    private mutating func parseFragment(_ cursor: inout LineCursor, _ line: RawSpan) -> Bool {
        guard let offset = cursor.number(line, upTo: 1 << 20) else { return false }
        if cursor.take("+", line) {
            guard let length = cursor.number(line) else { return false }
            record.payloadLength = UInt32(length)
            record.present.insert(.payload)
        }
        guard cursor.take(" id:", line), let identification = cursor.number(line) else { return false }
        record.fragmentOffset = UInt32(offset)
        record.identification = UInt32(identification)
        record.present.formUnion([.fragment, .laterFragment])
        return true
    }
}
