import Synchronization
import SystemCalls
import Testing

@Suite("Threads and what wakes them")
struct ThreadTests {
    @Test("A thread runs its body once, and joining it waits for its end")
    func runs() throws {
        let count = Counter()
        let threads = try (0..<4).map { number in
            try Thread(name: "a name that is too long \(number)") { count.value.add(1, ordering: .relaxed) }
        }
        for thread in threads {
            thread.join()
            thread.join()
        }
        #expect(count.value.load(ordering: .relaxed) == 4)
    }

    @Test("A signal before the wait is not lost, many are one, and without one the wait ends by itself")
    func wakes() throws {
        let pair = try Pair()
        pair.first.signal()
        pair.first.signal()
        let early = pair.first.wait()
        let again = pair.first.wait(nanoseconds: 1)
        #expect(early && !again)
        let thread = try Thread(name: "answers") {
            pair.first.wait()
            pair.second.signal()
        }
        pair.first.signal()
        let answered = pair.second.wait()
        #expect(answered)
        thread.join()
    }

    private final class Counter: Sendable {
        let value = Atomic(0)
    }

    private final class Pair: Sendable {
        let first: Wakeup
        let second: Wakeup

        init() throws {
            first = try Wakeup()
            second = try Wakeup()
        }
    }
}
