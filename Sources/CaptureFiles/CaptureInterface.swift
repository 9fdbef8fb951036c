public import PacketDecoding

/// An interface that a capture was taken on, as far as the file tells.
public struct CaptureInterface: Hashable, Sendable {
    /// The number that its frames bear in this run.
    public var id: InterfaceID
    public var linkType: LinkType
    /// The most bytes that were kept of a packet; 0 is no limit.
    public var snapLength: UInt32 = 0
    /// "eth0"; nil in a plain pcap, and where a pcapng does not say.
    public var name: String?
    public var description: String?
    /// The filter of the capturing program, as text.
    public var filter: String?
    /// The operating system, or the device's name, of the machine that captured.
    public var operatingSystem: String?
    public var hardware: String?
    public var comments: [String] = []
    /// The unit of its time stamps (if_tsresol): 10 to the minus n, or 2 to the minus n where the top bit is set.
    public var timeResolution: UInt8 = 6
    /// Seconds that were subtracted from its time stamps (if_tsoffset).
    public var timeOffset: Int64 = 0
    /// Bytes of the frame check sequence at the end of each frame; nil where the file does not say.
    public var checkSequenceLength: UInt8?
    /// Which section of the file it is from, from 0.
    public var section = 0
    public var statistics = InterfaceStatistics()

    public init(id: InterfaceID, linkType: LinkType) {
        self.id = id
        self.linkType = linkType
    }
}

/// What the capturing program counted on an interface; nil where it did not say.
public struct InterfaceStatistics: Hashable, Sendable {
    /// Packets that the interface saw (isb_ifrecv).
    public var received: UInt64?
    /// Packets that the interface dropped for want of room (isb_ifdrop).
    public var dropped: UInt64?
    /// Packets that the capture filter let through (isb_filteraccept).
    public var accepted: UInt64?
    /// Packets that the operating system dropped (isb_osdrop).
    public var droppedBySystem: UInt64?
    /// Packets that reached the capturing program (isb_usrdeliv).
    public var delivered: UInt64?

    public init() {}

    public var isEmpty: Bool { self == InterfaceStatistics() }
}

/// What a section of a pcapng file says about its making.
public struct CaptureSection: Hashable, Sendable {
    public var byteOrder: ByteOrder
    public var hardware: String?
    public var operatingSystem: String?
    public var application: String?
    public var comments: [String] = []

    public init(byteOrder: ByteOrder) { self.byteOrder = byteOrder }
}
