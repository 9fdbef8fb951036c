public import Primitives
import Synchronization

/// What an address is called; nil where it has no name any more.
public struct HostName: Hashable, Sendable {
    public var address: IPAddress
    public var name: String?

    public init(_ address: IPAddress, _ name: String?) {
        self.address = address
        self.name = name
    }
}

/// Where a worker finds the names that it asked for: looked at once a batch, at the cost of an atomic load.
public final class HostInbox: Sendable {
    /// Names that may wait.
    static let limit = 4096

    private let names = Mutex<[HostName]>([])
    private let isFilled = Atomic<Bool>(false)

    public init() {}

    /// Something is there to be taken.
    public var hasNews: Bool { isFilled.load(ordering: .acquiring) }

    /// What came since the last time.
    public func take() -> [HostName] {
        isFilled.store(false, ordering: .relaxed)
        return names.withLock { names in
            defer { names = [] }
            return names
        }
    }

    func put(_ name: HostName) {
        // Who does not take them asks again.
        names.withLock { if $0.count < HostInbox.limit { $0.append(name) } }
        isFilled.store(true, ordering: .releasing)
    }
}
