import ExpressionSupport
import Expressions
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// Sets too wide for an instruction: bitmaps, tables, the filter over networks. Against the twin, with
/// values that crowd round borders.
@Suite("Wide sets")
struct WideSetTests {
    @Test("Numbers", arguments: [Variable.port, .sport, .dport, .length, .payloadLength, .ttl, .dscp, .proto, .asn])
    func numbers(variable: Variable) throws {
        var random = SeededGenerator(seed: 7)
        for size in [1, 2, 3, 4, 9, 70] {
            let most: UInt32 = [.ttl, .proto].contains(variable) ? 255 : variable == .dscp ? 63 : 400
            let values = (0..<size).map { _ in
                let lower = UInt32.random(in: 0...most, using: &random)
                return Value.number(lower: lower, upper: min(most, lower + UInt32.random(in: 0...3, using: &random)))
            }
            for test in [Test.isOne(values), .isNone(values)] {
                try check(.condition(Condition(variable, test, place: .none)), &random) { random in
                    Self.packet(number: { UInt32.random(in: 0...min(most + 2, $0), using: &random) })
                }
            }
        }
    }

    @Test("Addresses", arguments: [1, 2, 3, 15, 16, 40, 500])
    func addresses(size: Int) throws {
        var random = SeededGenerator(seed: UInt64(size))
        for variable in [Variable.addr, .saddr, .daddr] {
            let values = (0..<size).flatMap { _ -> [Value] in
                let v4 = Self.address(&random)
                let v6 = UInt128(v4) << 96 | UInt128(Self.address(&random))
                let length = UInt32.random(in: 0...2, using: &random)
                return [
                    .addresses(AddressRange(.v4(IPv4Address(v4)), .v4(IPv4Address(v4 | length)))!),
                    .addresses(AddressRange(.v6(IPv6Address(v6)), .v6(IPv6Address(v6 | UInt128(length) << 64)))!),
                ]
            }
            // Half of the packets take their addresses from the set itself.
            let members = values.compactMap { value in
                if case .addresses(let range) = value { [range.lower, range.upper] } else { nil }
            }.flatMap(\.self)
            for kept in [values, values.filter { if case .addresses(let range) = $0 { range.isV4 } else { false } }] {
                try check(.condition(Condition(variable, .isOne(kept), place: .none)), &random) { random in
                    let ends = (0..<2).map { _ -> IPAddress in
                        if Bool.random(using: &random) { return members.randomElement(using: &random)! }
                        let v4 = Self.address(&random)
                        return Bool.random(using: &random)
                            ? .v4(IPv4Address(v4))
                            : .v6(IPv6Address(UInt128(v4) << 96 | UInt128(Self.address(&random))))
                    }
                    return Self.packet(from: ends[0], to: ends[1])
                }
            }
        }
    }

    @Test("A chain of alternatives becomes one set")
    func alternatives() throws {
        let parts = (0..<500).map { number in
            Tree.condition(
                Condition(.dport, .isOne([.number(lower: UInt32(number * 2), upper: UInt32(number * 2))]), place: .none)
            )
        }
        let listing = Program(.or(parts), directory: Directory()).listing
        #expect(listing == "0  port destination 0, 2, 4, 6, 8, 10 and 494 more by bitmap  -> accept, reject\n")
        // And a chain of exclusions its complement.
        let excluded = Program(.and(parts.map(Tree.not)), directory: Directory()).listing
        #expect(excluded == "0  port destination 0, 2, 4, 6, 8, 10 and 494 more by bitmap  -> reject, accept\n")
    }

    // MARK: Packets

    private func check(
        _ tree: Tree, _ random: inout SeededGenerator, _ packet: (inout SeededGenerator) -> TestPacket
    ) throws {
        let program = Program(tree, directory: Directory())
        let twin = Twin(directory: Directory())
        for _ in 0..<100 {
            let packet = packet(&random)
            let isMet = program.matches(packet.frame, packet.layers, packet.bytes.span.bytes, packet.facts)
            try #require(isMet == twin.meets(tree, packet), "\(program.listing)\(packet)")
        }
    }

    /// Few networks, crowded, so that neighbours of members are met and missed.
    private static func address(_ random: inout SeededGenerator) -> UInt32 {
        let network: UInt32 = [0x0A00_0000, 0x0A00_FF00, 0x0A01_0000, 0xFFFF_FF00, 0].randomElement(using: &random)!
        return network + UInt32.random(in: 0...255, using: &random)
    }

    private static let v4 = PacketBuilder().ipv4().tcp()
    private static let v6 = PacketBuilder().ipv6().tcp()

    /// A packet whose facts are numbers of the caller's.
    private static func packet(number: (UInt32) -> UInt32) -> TestPacket {
        var layers = v4.decoded()
        layers.sourcePort = UInt16(number(0xFFFF))
        layers.destinationPort = UInt16(number(0xFFFF))
        layers.totalLength = number(0xFFFF)
        layers.payloadLength = number(0xFFFF)
        layers.ttl = UInt8(number(255))
        layers.dscp = UInt8(number(63))
        layers.protocolNumber = UInt8(number(255))
        var facts = PacketFacts()
        facts.sourceASN = number(0xFFFF)
        facts.destinationASN = number(0xFFFF)
        return TestPacket(frame: v4.frame(), layers: layers, bytes: v4.bytes, facts: facts)
    }

    /// A packet of the source's family; a destination of the other one is left as it is.
    private static func packet(from source: IPAddress, to destination: IPAddress) -> TestPacket {
        let isV4 = if case .v4 = source { true } else { false }
        var bytes = isV4 ? v4.bytes : v6.bytes
        write(source, isV4, at: isV4 ? 12 : 8, &bytes)
        write(destination, isV4, at: isV4 ? 16 : 24, &bytes)
        let frame = isV4 ? v4.frame() : v6.frame()
        var layers = Layers()
        layers.decode(bytes.span.bytes, of: frame)
        return TestPacket(frame: frame, layers: layers, bytes: bytes)
    }

    private static func write(_ address: IPAddress, _ isV4: Bool, at offset: Int, _ bytes: inout [UInt8]) {
        switch address {
        case .v4(let address) where isV4:
            for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: address.number >> (24 - 8 * index)) }
        case .v6(let address) where !isV4:
            for index in 0..<16 {
                bytes[offset + index] = UInt8(truncatingIfNeeded: address.number >> (120 - 8 * index))
            }
        default: break
        }
    }
}

extension AddressRange {
    fileprivate var isV4: Bool { if case .v4 = lower { true } else { false } }
}
