/// What tables beside the decoder know about a packet, looked up only where the program asks
/// for it (`Program.demands`). Plain numbers: names were made identifiers when they were learned.
public struct PacketFacts: Sendable {
    /// Up to four names of one address, as identifiers of the run's name table; 0 is none.
    public typealias Names = InlineArray<4, UInt32>

    public var sourceHosts: Names = .init(repeating: 0)
    public var destinationHosts: Names = .init(repeating: 0)
    /// Identifiers of the run's user table; 0 is nobody.
    public var sourceUser: UInt32 = 0
    public var destinationUser: UInt32 = 0
    /// Two letters, the first in the high byte; 0 is unknown.
    public var sourceCountry: UInt16 = 0
    public var destinationCountry: UInt16 = 0
    /// 0 is unknown.
    public var sourceASN: UInt32 = 0
    public var destinationASN: UInt32 = 0

    @inlinable
    public init() {}
}
