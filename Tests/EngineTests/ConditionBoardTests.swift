import ControlMessages
import Primitives
import Testing

@testable import Engine

@Suite("Conditions that an administrator should act on")
struct ConditionBoardTests {
    /// A board that is looked at by a clock of its own.
    struct Looker {
        var board = ConditionBoard()
        var seconds: Int64 = 0

        /// What is said at a look; `later` seconds after the one before.
        mutating func look(_ found: [String: Condition], later: Int64 = 1) -> [String] {
            seconds += later
            let now = ConditionBoard.Moment(
                wall: Timestamp(seconds: 1_700_000_000 + seconds, nanoseconds: 0), monotonic: seconds * 1_000_000_000)
            return board.update(found, at: now).map(\.text)
        }
    }

    static func losses(_ total: UInt64) -> [String: Condition] {
        [
            "ring": Condition(
                .packetLoss, about: "ring", "packets are lost", remedy: "Narrow it.",
                losses: .init(total: total, unit: "packets"))
        ]
    }

    @Test("Each is said when it begins and when it is over, not in between")
    func saidOnce() {
        var looker = Looker()
        #expect(looker.look(["disk": "the disk is full"]) == ["the disk is full"])
        #expect(looker.look(["disk": "the disk is full"]).isEmpty)
        #expect(
            looker.look(["disk": "the disk is fuller"], later: 60).isEmpty, "numbers that move are no new condition")
        #expect(looker.board.texts == ["the disk is fuller"])
        #expect(looker.look([:], later: 2) == ["Over after 1 min 3 s: the disk is fuller"])
        #expect(looker.board.texts.isEmpty)
    }

    @Test("They are told in the order of their keys, what does not work before what does not work well")
    func order() {
        var looker = Looker()
        let found: [String: Condition] = ["b": "second", "a": "first", "c": Condition(.logSuspended, "third")]
        #expect(looker.look(found) == ["first", "second", "third"])
        #expect(looker.board.texts == ["third", "first", "second"])
        #expect(looker.board.states.map(\.severity) == [.error, .warning, .warning])
        #expect(looker.board.standing == [.other: 2, .logSuspended: 1])
    }

    @Test("One that comes and goes is said ever more rarely, and its end says how often it came")
    func flapping() {
        var looker = Looker()
        var said: [String] = []
        for round in 0..<3600 { said += looker.look(round % 2 == 0 ? ["link": "the link is down"] : [:]) }
        #expect(said.count == 3, "\(said)")
        #expect(said.first == "the link is down")
        #expect(looker.board.states.first?.times == 1799)
        said = looker.look([:], later: 100)
        #expect(said == ["Over after 1 h 1 min: the link is down; it came 1799 times"])
        #expect(looker.look([:], later: 601).isEmpty)
        #expect(looker.look(["link": "the link is down"]) == ["the link is down"])
        #expect(looker.look([:]) == ["Over after 1 s: the link is down"], "what is long past is forgotten")
    }

    @Test("Slow flapping is bounded too: lines of a day", arguments: [Int64(5), 20, 60, 300])
    func slowFlapping(period: Int64) {
        var looker = Looker()
        var said = 0
        for second in 0..<Int64(86_400) {
            said += looker.look(second / period % 2 == 0 ? ["link": "the link is down"] : [:]).count
        }
        #expect(said <= 16, "\(said) lines in a day at \(period) s")
    }

    @Test("Losses stand while their count rises, and their end says how many there were")
    func losses() {
        var looker = Looker()
        #expect(looker.look(Self.losses(0)).isEmpty)
        #expect(looker.look(Self.losses(12)) == ["packets are lost (12 packets so far). Narrow it."])
        #expect(looker.look(Self.losses(12)).isEmpty)
        #expect(looker.look(Self.losses(40), later: 10).isEmpty)
        #expect(looker.board.texts == ["packets are lost (40 packets so far). Narrow it."])
        #expect(looker.board.states.first?.lost == 40)
        #expect(looker.look(Self.losses(40), later: 29).isEmpty)
        #expect(looker.look(Self.losses(40), later: 1) == ["Over after 41 s: packets are lost (40 packets in all)"])
        #expect(looker.look(Self.losses(40), later: 5).isEmpty, "an old loss is no new one")
        #expect(looker.look(Self.losses(41)) == ["packets are lost (1 packets so far). Narrow it."])
    }

    @Test("A counter that begins anew is not a loss that ends")
    func counterBeginsAnew() {
        var looker = Looker()
        #expect(looker.look(Self.losses(10)).count == 1)
        #expect(looker.look(Self.losses(3)).isEmpty)
        #expect(looker.board.states.count == 1)
        #expect(looker.look(Self.losses(0)).isEmpty)
    }

    @Test("No more are kept than there is room for, and the rest is counted")
    func bounded() {
        var looker = Looker()
        let many = Dictionary(uniqueKeysWithValues: (0..<300).map { ("\($0)", Condition(.settings, "number \($0)")) })
        #expect(looker.look(many).count == ConditionBoard.limit)
        #expect(looker.board.texts.last == "100 further conditions are not kept: there are too many")
        #expect(looker.look([:]).count == ConditionBoard.limit)
    }

    @Test(
        "Durations for people",
        arguments: [
            (0, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (7500, "2 h 5 min"),
            (100_800, "1 d 4 h"),
        ])
    func durations(seconds: Int64, text: String) {
        #expect(ConditionBoard.duration(seconds) == text)
    }
}
