import Primitives
import Synchronization
import SystemCalls
import TestSupport
import Testing

@testable import PacketStages

@Suite("The table of users that workers share")
struct UserTableTests {
    private static func address(_ number: UInt32) -> IPAddress {
        number % 3 == 0
            ? .v6(IPv6Address(high: 0x2001_0DB8 << 32, low: UInt64(number))) : .v4(IPv4Address(0x0A00_0000 | number))
    }

    @Test("It answers what a dictionary would, while it grows and empties")
    func twin() {
        var random = SeededGenerator(seed: 20_261_121)
        var writer = UserTableWriter(seed: random.next())
        var plain: [IPAddress: UInt32] = [:]
        var replaced = 0
        for step in 0..<200_000 {
            // Fills, empties, fills.
            let fills = step / 50_000 % 2 == 0
            let address = Self.address(UInt32.random(in: 1...20_000, using: &random))
            let user =
                UInt32.random(in: 0..<10, using: &random) < (fills ? 8 : 2)
                ? UInt32.random(in: 1...999, using: &random) : 0
            if writer.set(user, at: address) { replaced += 1 }
            plain[address] = user == 0 ? nil : user
            let other = Self.address(UInt32.random(in: 1...20_000, using: &random))
            guard writer.table.user(at: other) == plain[other] ?? 0 else {
                Issue.record("step \(step): \(other) is \(writer.table.user(at: other)), not \(plain[other] ?? 0)")
                return
            }
        }
        let (count, refused) = (writer.count, writer.refused)
        #expect(count == plain.count)
        #expect(replaced > 2)
        for number in UInt32(1)...20_000 {
            let address = Self.address(number)
            let user = writer.table.user(at: address)
            #expect(user == plain[address] ?? 0)
        }
        #expect(refused == 0)
    }

    @Test("Nobody is at the addresses that mean none")
    func nowhere() {
        var writer = UserTableWriter(seed: 7)
        for address in [
            IPAddress.v4(IPv4Address(0)), .v6(IPv6Address(0)), .v4(IPv4Address(.max)), .v6(IPv6Address(.max)),
        ] {
            let user = writer.table.user(at: address)
            #expect(user == 0)
        }
        for (address, user) in [
            (IPAddress.v4(IPv4Address(0)), UInt32(5)), (.v6(IPv6Address(0)), 5), (.v4(IPv4Address(9)), .max),
        ] {
            let isReplaced = writer.set(user, at: address)
            #expect(!isReplaced)
        }
        let table = writer.table
        #expect(table.user(at: .v4(IPv4Address(0))) == 0)
        #expect(table.user(at: .v6(IPv6Address(0))) == 5)
        #expect(table.user(at: .v4(IPv4Address(9))) == 0)
    }

    @Test("A reader beside the writer sees users of the address it asked for, or nobody")
    func concurrent() throws {
        // The user's number is made of the address, so that a mixed-up entry shows.
        @Sendable func user(_ number: UInt32) -> UInt32 { number &* 7 + 1 }
        var writer = UserTableWriter(seed: 99)
        // Room for all, so that one table is read throughout.
        for number in UInt32(1)...4_000 { _ = writer.set(user(number), at: Self.address(number)) }
        for number in UInt32(1)...4_000 { _ = writer.set(0, at: Self.address(number)) }
        let table = writer.table
        let isOver = Atomic(false)
        let wrong = Atomic(0)
        let seen = Atomic(0)
        struct Shared: @unchecked Sendable {
            let isOver: UnsafePointer<Atomic<Bool>>
            let wrong: UnsafePointer<Atomic<Int>>
            let seen: UnsafePointer<Atomic<Int>>
        }
        try withUnsafePointer(to: isOver) { isOver in
            try withUnsafePointer(to: wrong) { wrong in
                try withUnsafePointer(to: seen) { seen in
                    let shared = Shared(isOver: isOver, wrong: wrong, seen: seen)
                    let reader = try Thread(name: "reader") {
                        var random = SeededGenerator(seed: 20_261_121)
                        while !shared.isOver.pointee.load(ordering: .acquiring) {
                            let number = UInt32.random(in: 1...4_000, using: &random)
                            let found = table.user(at: Self.address(number))
                            if found == user(number) { shared.seen.pointee.add(1, ordering: .relaxed) }
                            if found != 0, found != user(number) { shared.wrong.pointee.add(1, ordering: .relaxed) }
                        }
                    }
                    var random = SeededGenerator(seed: 20_261_121)
                    for _ in 0..<400_000 {
                        let number = UInt32.random(in: 1...4_000, using: &random)
                        _ = writer.set(Bool.random(using: &random) ? user(number) : 0, at: Self.address(number))
                    }
                    isOver.pointee.store(true, ordering: .releasing)
                    reader.join()
                }
            }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
        #expect(seen.load(ordering: .relaxed) > 0)
    }
}
