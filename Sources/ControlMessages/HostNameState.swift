/// Names of hosts: what DNS answers taught, and how the system's resolver fares.
public struct HostNameState: Codable, Hashable, Sendable {
    /// "off", "private" or "all".
    public var resolver: String
    /// Names that DNS answers on the wire told, each time that one was new.
    public var learned: UInt64 = 0
    public var questions: UInt64 = 0
    public var found: UInt64 = 0
    /// Addresses that have no name.
    public var missing: UInt64 = 0
    /// Answers that did not come.
    public var failed: UInt64 = 0
    /// Answers that are no names, or whose name does not lead back to the address.
    public var refused: UInt64 = 0
    /// Addresses that were not asked for since too many waited.
    public var overflowed: UInt64 = 0
    public var waiting = 0
    /// Addresses whose name is known, or known to be missing.
    public var cached = 0

    public init(resolver: String) { self.resolver = resolver }
}
