import Primitives
import RadiusAccounting
import Testing

@Suite("RADIUS accounting")
struct AccountingServiceTests {
    @Test("A user comes, stays and goes")
    func life() {
        let desk = RadiusDesk()
        #expect(desk.send(RadiusBuilder(1)))
        #expect(desk.changes == ["login jane 10.0.0.5"])
        #expect(desk.send(RadiusBuilder(3).identified(2)))
        #expect(desk.changes == ["refresh jane 10.0.0.5"])
        #expect(desk.send(RadiusBuilder(2).identified(3)))
        #expect(desk.changes == ["logout jane 10.0.0.5"])
        #expect(desk.report.sessions == 0)
        let counts = desk.counters()
        #expect(counts.starts == 1 && counts.interims == 1 && counts.stops == 1 && counts.responses == 3)
    }

    @Test("The answer is that of RFC 2866: proxy states in their order, made with the secret")
    func answer() throws {
        let desk = RadiusDesk()
        let states: [UInt8] = [33, 4, 1, 2, 33, 3, 9]
        let packet = RadiusBuilder(1).with(33, [1, 2]).with(25, [7, 7]).with(33, [9]).packet()
        let answer = try #require(desk.send(packet))
        #expect(answer[0] == 5 && answer[1] == packet[1])
        #expect(Array(answer[20...]) == states)
        let made = RadiusBuilder.md5(
            Array(answer[..<4]) + Array(packet[4..<20]) + states + Array("xyzzy5461".utf8))
        #expect(Array(answer[4..<20]) == made)
    }

    @Test("What cannot be proved gets no answer and changes nothing")
    func forgeries() {
        let desk = RadiusDesk()
        #expect(!desk.send(RadiusBuilder(1).shared("guessed")))
        #expect(!desk.send(RadiusBuilder(1).shared("lobby secret")))
        #expect(!desk.send(RadiusBuilder(1), from: "198.51.100.1"))
        var packet = RadiusBuilder(1).packet()
        packet[packet.count - 1] ^= 1
        #expect(desk.send(packet) == nil)
        #expect(!desk.send(RadiusBuilder(1).with(80, [UInt8](repeating: 5, count: 16))))
        #expect(desk.changes.isEmpty)
        #expect(desk.counters().badAuthenticators == 4 && desk.counters().responses == 0)
        #expect(desk.report.strangers == 1)
        #expect("\(desk.report.stranger!.address)" == "198.51.100.1")
    }

    @Test("The narrowest client of an address counts")
    func narrow() {
        let desk = RadiusDesk()
        #expect(desk.send(RadiusBuilder(1).shared("lobby secret"), from: "192.0.2.77"))
        #expect(!desk.send(RadiusBuilder(1), from: "192.0.2.77"))
        #expect(desk.counters("lobby").starts == 1)
    }

    @Test("A packet that comes twice is answered twice and counts once; later or from elsewhere it is refused")
    func replays() {
        let desk = RadiusDesk()
        let packet = RadiusBuilder(1)
        #expect(desk.send(packet) && desk.send(packet))
        #expect(desk.changes == ["login jane 10.0.0.5"])
        #expect(!desk.send(packet, port: 40_001))
        #expect(!desk.send(packet, from: "192.0.2.2"))
        desk.now += 30
        #expect(desk.send(packet))
        desk.now += 1
        #expect(!desk.send(packet))
        #expect(desk.changes.isEmpty)
        #expect(desk.counters().duplicates == 2 && desk.counters().replays == 3)
    }

    @Test("Packets are as old as their Event-Timestamp says, less what they waited")
    func age() {
        let desk = RadiusDesk()
        func send(_ identifier: UInt8, _ offset: Int64, delay: UInt32 = 0) -> Bool {
            desk.send(
                RadiusBuilder(3).identified(identifier).with(55, number: UInt32(desk.now + offset))
                    .with(41, number: delay))
        }
        #expect(send(1, 0) && send(2, -300) && !send(3, -301))
        #expect(send(4, -4000, delay: 3700) && !send(5, -4001, delay: 3700))
        #expect(send(6, 300) && !send(7, 301))
        #expect(!send(8, -1_800_000_000))
        #expect(desk.counters().untimely == 4)
        #expect(desk.report.clients[0].untimely?.age == 1_800_000_000)
        let strict = RadiusDesk(requiresTimestamp: true)
        #expect(!strict.send(RadiusBuilder(1)) && strict.counters().untimely == 1)
        let lenient = RadiusDesk(maxAge: nil)
        #expect(lenient.send(RadiusBuilder(1).with(55, number: 5)))
    }

    @Test("What was overtaken changes nothing: a start that comes behind its stop")
    func order() {
        let desk = RadiusDesk()
        desk.send(RadiusBuilder(2).identified(1))
        #expect(desk.changes == ["logout jane 10.0.0.5"])
        desk.now += 5
        #expect(desk.send(RadiusBuilder(1).identified(2).with(41, number: 6)))
        #expect(desk.changes.isEmpty && desk.counters().stale == 1)
        // A newer start of the same number is another session.
        desk.send(RadiusBuilder(1).identified(3))
        #expect(desk.changes == ["login jane 10.0.0.5"])
    }

    @Test("The one who came last has the address, whichever packet comes last")
    func addressTaken() {
        let desk = RadiusDesk()
        desk.send(RadiusBuilder(1, session: "1", user: "jane"))
        desk.now += 10
        desk.send(RadiusBuilder(1, session: "2", user: "joe"))
        #expect(desk.changes == ["login jane 10.0.0.5", "login joe 10.0.0.5"])
        // Jane's stop is late: joe stays.
        desk.send(RadiusBuilder(2, session: "1", user: "jane"))
        #expect(desk.changes.isEmpty)
        // A start from before joe's is late, too.
        desk.send(RadiusBuilder(1, session: "3", user: "ann").with(41, number: 60))
        #expect(desk.changes.isEmpty && desk.counters().stale == 1)
        desk.send(RadiusBuilder(2, session: "2", user: "joe"))
        #expect(desk.changes == ["logout joe 10.0.0.5"])
    }

    @Test("Addresses come and go with interim updates, each family by itself")
    func addresses() {
        let desk = RadiusDesk()
        desk.send(RadiusBuilder(1, address: nil))
        #expect(desk.changes.isEmpty && desk.counters().withoutAddress == 1)
        desk.send(RadiusBuilder(3).identified(2))
        #expect(desk.changes == ["login jane 10.0.0.5"])
        desk.send(RadiusBuilder(3, address: "2001:db8::5").identified(3))
        #expect(Set(desk.changes) == ["login jane 2001:db8::5", "refresh jane 10.0.0.5"])
        desk.send(RadiusBuilder(3, address: "10.0.0.6").identified(4))
        #expect(
            Set(desk.changes) == ["logout jane 10.0.0.5", "login jane 10.0.0.6", "refresh jane 2001:db8::5"])
        desk.send(RadiusBuilder(2, address: nil).identified(5))
        #expect(Set(desk.changes) == ["logout jane 10.0.0.6", "logout jane 2001:db8::5"])
    }

    @Test("A device that begins anew has no sessions; other devices keep theirs")
    func restart() {
        let desk = RadiusDesk()
        desk.send(RadiusBuilder(1))
        var other = RadiusBuilder(1, session: "7", user: "joe", address: "10.0.0.7")
        other.attributes =
            other.attributes.split(separator: Array("ap1".utf8), maxSplits: 1).first.map { Array($0) }!
            + Array("ap2".utf8)
            + other.attributes.split(separator: Array("ap1".utf8), maxSplits: 1).last.map { Array($0) }!
        desk.send(other)
        #expect(desk.changes == ["login jane 10.0.0.5", "login joe 10.0.0.7"])
        desk.now += 1
        desk.send(RadiusBuilder(7, session: nil, user: nil, address: nil))
        #expect(desk.changes == ["logout jane 10.0.0.5"])
        // What happened before is stale.
        desk.send(RadiusBuilder(1, session: "8").with(41, number: 5))
        #expect(desk.changes.isEmpty && desk.counters().stale == 1)
        desk.send(RadiusBuilder(8, session: nil, user: nil, address: nil).identified(9))
        #expect(desk.report.sessions == 1)
    }

    @Test("A lost stop: sessions end with the time, sooner where three interim updates are missed")
    func timeouts() {
        let desk = RadiusDesk(timeout: 3600)
        desk.send(RadiusBuilder(1, session: "1"))
        desk.send(RadiusBuilder(1, session: "2", user: "joe", address: "10.0.0.6"))
        for number in 1...3 {
            desk.now += 300
            desk.send(RadiusBuilder(3, session: "2", user: "joe", address: "10.0.0.6").identified(UInt8(number)))
        }
        _ = desk.changes
        desk.now += 900
        desk.expire()
        #expect(desk.changes.isEmpty)
        desk.now += 1
        desk.expire()
        #expect(desk.changes == ["logout joe 10.0.0.6"])
        desk.now += 1799
        desk.expire()
        #expect(desk.changes.isEmpty)
        desk.now += 1
        desk.expire()
        #expect(desk.changes == ["logout jane 10.0.0.5"])
        #expect(desk.report.timedOut == 2 && desk.report.sessions == 0)
    }

    @Test("Updates that tell something new are no rhythm")
    func noRhythm() {
        let desk = RadiusDesk(timeout: 3600)
        desk.send(RadiusBuilder(1, address: nil))
        for number in 1...5 {
            desk.now += 1
            desk.send(RadiusBuilder(3, address: "10.0.0.\(number)").identified(UInt8(number)))
        }
        _ = desk.changes
        desk.now += 3600
        desk.expire()
        #expect(desk.changes.isEmpty)
    }

    @Test("Clients that are gone have no sessions; the others' go on")
    func reconfigured() {
        let desk = RadiusDesk()
        desk.send(RadiusBuilder(1))
        desk.send(RadiusBuilder(1, user: "joe", address: "10.0.0.6").shared("lobby secret"), from: "192.0.2.77")
        _ = desk.changes
        desk.configure([RadiusDesk.client("lobby", "192.0.2.77", "lobby secret")])
        #expect(desk.changes == ["logout jane 10.0.0.5"])
        #expect(desk.counters("lobby").starts == 1 && desk.report.clients.count == 1)
        #expect(!desk.send(RadiusBuilder(3)) && desk.report.strangers == 1)
    }

    @Test("Names are told as they came, and without realms where that is wanted")
    func names() {
        func told(_ user: [UInt8], removesRealms: Bool = false) -> String {
            let desk = RadiusDesk(removesRealms: removesRealms)
            desk.send(RadiusBuilder(1, user: nil).with(1, user))
            return desk.changes.joined()
        }
        #expect(told(Array("EXAMPLE\\jane".utf8)) == "login EXAMPLE\\jane 10.0.0.5")
        #expect(told(Array("EXAMPLE\\jane".utf8), removesRealms: true) == "login jane 10.0.0.5")
        #expect(told(Array("jane@example.com".utf8), removesRealms: true) == "login jane 10.0.0.5")
        #expect(told(Array("@example.com".utf8), removesRealms: true) == "login @example.com 10.0.0.5")
        #expect(told(Array("a\"b]\u{1B}[31m\nc".utf8)) == "login a\"b]\u{1B}[31m\nc 10.0.0.5")
        #expect(told([0xFF, 0x61, 0xC0]) == "login \\xffa\\xc0 10.0.0.5")
        #expect(told([]).isEmpty, "nobody is named")
    }

    @Test("A secret is never printed")
    func secrets() {
        let client = RadiusDesk.client("a", "192.0.2.1", "hush-hush")
        var shown = ""
        dump(client, to: &shown)
        #expect(!(shown + "\(client)" + String(reflecting: client.secret)).contains("hush"))
        #expect(!shown.contains("104"), "no bytes either")
    }
}
