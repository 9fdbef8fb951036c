import Testing

@testable import Engine

@Suite("Conditions that an administrator should act on")
struct ProblemBoardTests {
    @Test("Each is said when it begins and when it is over, not in between")
    func saidOnce() {
        var board = ProblemBoard()
        #expect(board.update(["disk": "the disk is full"]) == .init(began: ["the disk is full"], ended: []))
        #expect(board.update(["disk": "the disk is full"]) == .init())
        #expect(board.update(["disk": "the disk is fuller"]) == .init(), "numbers that move are no new condition")
        #expect(board.texts == ["the disk is fuller"])
        #expect(board.update([:]) == .init(began: [], ended: ["over: the disk is fuller"]))
        #expect(board.texts.isEmpty)
    }

    @Test("They are told in the order of their keys")
    func order() {
        var board = ProblemBoard()
        let changes = board.update(["b": "second", "a": "first", "c": "third"])
        #expect(changes.began == ["first", "second", "third"])
        #expect(board.texts == ["first", "second", "third"])
    }
}
