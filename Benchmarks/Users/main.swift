// Users beside the packets: what a `user:` test costs, what the tables take of memory, how many changes a second.
//
//     UsersBenchmark [ADDRESSES] [USERS]        1,000,000 and 100,000 by default

import Expressions
import PacketDecoding
import PacketStages
import Primitives
import SystemCalls
import TestSupport
import Users

let addressCount = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 1_000_000 : 1_000_000
let userCount = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 100_000 : 100_000

/// Addresses all over the number space, so that no two are neighbours in a cache line.
func address(_ index: Int, v6: Bool) -> IPAddress {
    let mixed = UInt32(truncatingIfNeeded: index &+ 1) &* 0x9E37_79B1
    if v6 { return .v6(IPv6Address(high: 0x2001_0DB8 << 32 | UInt64(mixed), low: UInt64(mixed) &* 0x1_0001)) }
    // Within 16.0.0.0 to 31.255.255.255: hosts all of them.
    return .v4(IPv4Address(0x1000_0000 | mixed >> 4))
}

func nanoseconds(_ count: Int, _ body: () -> Void) -> Double {
    let begun = Clocks.monotonic
    body()
    return Double(Clocks.monotonic - begun) / Double(count)
}

func measure(v6: Bool) throws {
    let family = v6 ? "IPv6" : "IPv4"
    let empty = Machine.residentBytes
    var registry = LoginRegistry(seed: .random(in: 0 ... .max))
    var writer = UserTableWriter(seed: .random(in: 0 ... .max))
    let board = UserBoard(writer.table)
    var users: [Directory.User] = []
    var effects = LoginEffects()

    func spread() {
        if !effects.users.isEmpty {
            var news: [NumberedUser] = []
            for number in effects.users {
                let user = Directory.User(
                    name: registry.users.name(of: number), groups: registry.users.groups(of: number))
                users.append(user)
                news.append(NumberedUser(number, user))
            }
            board.publish(news)
        }
        for place in effects.places where writer.set(place.user, at: place.address) { board.publish(writer.table) }
        effects = LoginEffects()
    }

    let batch = 256
    let origin = LoginOrigin.radius(client: "nas1", session: "0000A1F3")
    func change(_ index: Int, _ user: Int, _ action: LoginChange.Action = .login) -> LoginChange {
        LoginChange(
            action, user: "user\(user)@example", address: address(index, v6: v6), origin: origin,
            time: Timestamp(nanoseconds: 1_800_000_000_000_000_000))
    }
    let first = nanoseconds(addressCount) {
        var index = 0
        while index < addressCount {
            let changes = (index..<min(index + batch, addressCount)).map { change($0, $0 % userCount) }
            registry.take(changes, &effects)
            spread()
            index += batch
        }
    }
    let memory = Machine.residentBytes - empty
    let again = nanoseconds(addressCount) {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<addressCount / batch {
            let changes = (0..<batch).map { _ in
                change(Int(random.next() % UInt64(addressCount)), Int(random.next() % UInt64(userCount)))
            }
            registry.take(changes, &effects)
            spread()
        }
    }
    print("\(family): \(registry.count) log-ins of \(users.count) users, \(memory >> 20) MiB in all,")
    print("  \(writer.table.bytes >> 20) MiB of them the table that workers share")
    print("  a first log-in \(Int(first)) ns, another user there \(Int(again)) ns: \(Int(1e9 / again)) changes/s")

    var directory = Directory()
    directory.users = users
    directory.groups = []
    directory.usersMayMove = true
    let known = KnownUsers(board: board, users: users, latest: board.latest)
    let view = UserView(known)
    let expression = try Expression(parsing: "saddr = user:\"user7@example,user77@example\"", directory: directory)
    var program = Program(expression.tree, directory: directory)
    let taught = nanoseconds(1) { known.teach(&program) }
    print("  a plan learns all users in \(Int(taught / 1000)) us")

    let pairs = 1 << 22
    var layers = Layers()
    layers.present = .ipv4
    let frame = Frame(time: Timestamp(nanoseconds: 0), capturedLength: 0, originalLength: 0, linkType: .raw)
    let bytes: [UInt8] = [0]
    for (name, share) in [("both logged in", 0), ("one of them", 1), ("neither", 2)] {
        var random = SeededGenerator(seed: 1)
        let sources = (0..<pairs).map { _ in
            address(Int(random.next() % UInt64(addressCount)) + (share == 2 ? addressCount : 0), v6: v6)
        }
        let destinations = (0..<pairs).map { _ in
            address(Int(random.next() % UInt64(addressCount)) + (share > 0 ? addressCount : 0), v6: v6)
        }
        var met = 0
        var facts = PacketFacts()
        let span = bytes.span.bytes
        let walk = nanoseconds(pairs) {
            for index in 0..<pairs where sources[index] < destinations[index] { met += 1 }
        }
        let cost = nanoseconds(pairs) {
            for index in 0..<pairs {
                (facts.sourceUser, facts.destinationUser) = view.users(at: sources[index], and: destinations[index])
                if program.matches(frame, layers, span, facts) { met += 1 }
            }
        }
        print("  a user: test with \(name): \(Int(cost - walk)) ns (\(met & 1))")
    }
}

do {
    try measure(v6: false)
    try measure(v6: true)
} catch {
    print("\(error)")
}
