import Synchronization

/// Carries a value that cannot be copied into a thread that begins: put in once, taken out once.
final class Handover<Value: ~Copyable>: @unchecked Sendable {
    // The value belongs to whoever took it out; the lock makes that one of them.
    private let lock = Mutex(())
    private var value: Value?

    init(_ value: consuming Value) { self.value = consume value }

    func take() -> Value? {
        lock.withLock { _ in
            let taken = value.take()
            return taken
        }
    }
}
