import Primitives
import RadiusAccounting
import TestSupport
import Testing

@Suite("RADIUS packets")
struct RadiusPacketTests {
    private func fault(_ bytes: [UInt8]) -> RadiusFault? {
        do throws(RadiusFault) {
            let packet = try RadiusPacket(bytes.span.bytes)
            _ = try AccountingRequest(packet, bytes.span.bytes)
            return nil
        } catch {
            return error
        }
    }

    private func request(_ builder: RadiusBuilder) throws -> AccountingRequest {
        let bytes = builder.packet()
        return try AccountingRequest(RadiusPacket(bytes.span.bytes), bytes.span.bytes)
    }

    @Test("What a packet tells")
    func facts() throws {
        var builder = RadiusBuilder(1, address: "10.0.0.5").with(55, number: 1_800_000_000).with(41, number: 7)
        builder.add(address: "2001:db8::5")
        builder.add(85, number: 600)
        let request = try request(builder)
        #expect(request.status == .start)
        #expect(request.addresses.count == 2)
        #expect("\(request.addresses[0]) \(request.addresses[1])" == "10.0.0.5 2001:db8::5")
        #expect(request.eventTime == 1_800_000_000 && request.delay == 7 && request.interval == 600)
        #expect(request.user.count == 4 && request.session.count == 4 && request.nas.count == 3)
    }

    @Test("Prefixes are addresses where they have all bits, or an interface identifier")
    func prefixes() throws {
        let interface: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 9]
        func prefix(_ length: UInt8, _ count: Int) -> [UInt8] {
            [0, length] + ([0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]).prefix(count)
        }
        let base = RadiusBuilder(1, address: nil)
        let whole = try request(base.with(97, prefix(128, 16)))
        #expect(whole.addresses.count == 1 && "\(whole.addresses[0])" == "2001:db8::1")
        let joined = try request(base.with(97, prefix(64, 8)).with(96, interface))
        #expect(joined.addresses.count == 1 && "\(joined.addresses[0])" == "2001:db8::9")
        let alone = try request(base.with(97, prefix(64, 8)))
        #expect(alone.addresses.count == 0 && alone.prefixes == 1)
        #expect(fault(base.with(97, prefix(64, 7)).packet()) == .value(.framedIPv6Prefix))
        #expect(fault(base.with(97, prefix(129, 16)).packet()) == .value(.framedIPv6Prefix))
        #expect(fault(base.with(97, [0]).packet()) == .value(.framedIPv6Prefix))
    }

    @Test("Addresses that leave the choice to others are none, and there are eight at most")
    func addresses() throws {
        for text in ["0.0.0.0", "255.255.255.255", "255.255.255.254"] {
            #expect(try request(RadiusBuilder(1, address: text)).addresses.count == 0)
        }
        var builder = RadiusBuilder(1)
        for number in 1...20 { builder.add(address: "2001:db8::\(number)") }
        builder.add(address: "10.0.0.5")
        let many = try request(builder)
        #expect(many.addresses.count == 8 && many.addresses.refused == 13)
    }

    @Test("What is no packet, and why")
    func faults() {
        let good = RadiusBuilder(1).packet()
        #expect(fault([]) == .tooShort)
        #expect(fault(Array(good.prefix(19))) == .tooShort)
        #expect(fault(Array(good.dropLast())) == .tooShort)
        #expect(fault(good + [1, 2, 3]) == nil, "bytes behind the length are padding")
        func changed(_ offset: Int, _ byte: UInt8) -> [UInt8] {
            var bytes = good
            bytes[offset] = byte
            return bytes
        }
        #expect(fault(changed(2, 0xFF)) == .length)
        #expect(fault(Array(changed(3, 19))) == .length)
        #expect(fault(changed(21, 0)) == .attribute(at: 20))
        #expect(fault(changed(21, 1)) == .attribute(at: 20))
        #expect(fault(changed(21, 255)) == .attribute(at: 20))
        #expect(fault(RadiusBuilder(1).with(41, [1, 2, 3]).packet()) == .value(.acctDelayTime))
        #expect(fault(RadiusBuilder(1).with(8, [1, 2, 3]).packet()) == .value(.framedIPAddress))
        #expect(fault(RadiusBuilder(1).with(80, [1]).packet()) == .value(.messageAuthenticator))
        #expect(fault(RadiusBuilder(1, session: nil).packet()) == .missing(.acctSessionID))
        #expect(fault(RadiusBuilder(7, session: nil).packet()) == nil)
    }

    @Test("Every length of every byte is read or refused, and nothing traps")
    func exhaustion() {
        let good = RadiusBuilder(1).with(97, [0, 64] + [UInt8](repeating: 1, count: 8)).with(
            80, [UInt8](repeating: 0, count: 16)
        )
        .packet()
        for count in 0...good.count { _ = fault(Array(good.prefix(count))) }
        for offset in good.indices {
            for byte in 0...255 {
                var bytes = good
                bytes[offset] = UInt8(byte)
                _ = fault(bytes)
            }
        }
        // All packets of one attribute, of any length.
        for type in 0...255 {
            for length in 0...20 {
                var bytes = [4, 1, 0, UInt8(20 + 20)] + [UInt8](repeating: 0, count: 16)
                bytes += [UInt8(type), UInt8(length)] + [UInt8](repeating: 0xFF, count: 18)
                _ = fault(bytes)
            }
        }
    }

    @Test("Damaged packets of any kind leave the service as it should be")
    func damage() {
        let seed = Seeds.fixed
        var random = SeededGenerator(seed: seed)
        let desk = RadiusDesk()
        for round in 0..<20_000 {
            var bytes = RadiusBuilder([1, 2, 3, 7, 8, 99].randomElement(using: &random)!).packet()
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(.random(in: 0...bytes.count, using: &random)) }
            desk.now += 1
            _ = desk.send(bytes)
            if round % 1000 == 0 { desk.expire() }
            let counts = desk.counters()
            #expect(counts.responses <= counts.requests, "seed \(seed)")
        }
        let counts = desk.counters()
        #expect(counts.requests == 20_000 && counts.malformed > 0 && counts.badAuthenticators > 0, "seed \(seed)")
        #expect(desk.report.sessions <= 1)
    }
}

/// Seeds of random tests.
enum Seeds {
    static let fixed: UInt64 = 20_261_121
}
