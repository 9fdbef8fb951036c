public import PacketDecoding

/// How a `ReplaySource` replays.
public struct ReplayOptions: Hashable, Sendable {
    /// The capture file: pcap or pcapng, compressed or not; "-" is standard input.
    public var path: String
    public var pace: ReplayPace = .unbounded
    public var times: ReplayTimes = .recorded
    /// How often the file is replayed; 0 is without end. Standard input is replayed once.
    public var loops = 1
    /// The identifier of the file's first interface.
    public var firstInterface = InterfaceID(rawValue: 0)
    /// What tells the direction of packets where the file does not.
    public var ownAddresses = OwnAddresses()
    /// A descriptor that ends the wait of `nextBatch` when it becomes readable (a `Wakeup`); its owner clears it.
    public var wakeDescriptor: Int32?

    public init(path: String) { self.path = path }
}
