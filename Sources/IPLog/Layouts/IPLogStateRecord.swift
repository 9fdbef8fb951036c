public import Primitives

/// A state that began or ended.
public struct IPLogStateRecord: Hashable, Sendable {
    /// What happened; see `Event`.
    public var event: UInt16
    /// Source and destination; the address of an IPv4 state in the first four bytes.
    public var source, destination: UInt128
    /// The four bytes of the ports as they stand: those of source and destination in network order, or for ICMP the
    /// type in the first two, lowest byte first.
    public var portBytes: UInt32
    /// The IP version; anything but 4 counts as 6.
    public var version: UInt8
    /// The IP protocol.
    public var number: UInt8
    /// Flags of the state table.
    public var flags: UInt8
    /// How far each side of a TCP connection is; see `TCPState`.
    public var tcpStates: Ends
    /// Packets by `Direction`; 3.4 has one counter, the first.
    public var packets: Counters
    /// Bytes by `Direction`; 3.4 has one counter, the first.
    public var bytes: Counters
    /// The number that the rule tags with; 0 for none.
    public var tag: UInt32
    /// The number of the rule from 0; all ones without one.
    public var rule: UInt32
    /// The rule's group by name (4.1 and later).
    public var group: IPLogName

    /// One number for each end of a connection.
    public struct Ends: Hashable, Sendable {
        public var source, destination: UInt8

        @inlinable
        public init(source: UInt8 = 0, destination: UInt8 = 0) {
            self.source = source
            self.destination = destination
        }
    }

    /// Four counters: forwards in and out, backwards in and out.
    public struct Counters: Hashable, Sendable {
        public var forwardIn, forwardOut, backwardIn, backwardOut: UInt64

        @inlinable
        public init(forwardIn: UInt64 = 0, forwardOut: UInt64 = 0, backwardIn: UInt64 = 0, backwardOut: UInt64 = 0) {
            self.forwardIn = forwardIn
            self.forwardOut = forwardOut
            self.backwardIn = backwardIn
            self.backwardOut = backwardOut
        }
    }

    /// What can happen to a state.
    public enum Event {
        @inlinable public static var new: UInt16 { 0 }
        @inlinable public static var cloned: UInt16 { 1 }
        @inlinable public static var unload: UInt16 { 0xFFF9 }
        @inlinable public static var killed: UInt16 { 0xFFFB }
        @inlinable public static var intermediate: UInt16 { 0xFFFC }
        @inlinable public static var remove: UInt16 { 0xFFFD }
        @inlinable public static var flush: UInt16 { 0xFFFE }
        @inlinable public static var expire: UInt16 { 0xFFFF }
    }

    /// How far one side of a TCP connection is.
    public enum TCPState {
        @inlinable public static var established: UInt8 { 4 }
        @inlinable public static var finWait1: UInt8 { 6 }
        @inlinable public static var timeWait: UInt8 { 10 }
        @inlinable public static var closed: UInt8 { 11 }
    }

    /// A state without counters. `sourcePort` and `destinationPort` are those of TCP and UDP.
    public init(
        event: UInt16, source: IPAddress, destination: IPAddress, sourcePort: UInt16 = 0, destinationPort: UInt16 = 0,
        protocol number: UInt8
    ) {
        self.init(event: event, version: 4, number: number)
        switch (source, destination) {
        case (.v4(let source), .v4(let destination)):
            self.source = UInt128(source.number) << 96
            self.destination = UInt128(destination.number) << 96
        case (.v6(let source), .v6(let destination)):
            self.source = source.number
            self.destination = destination.number
            version = 6
        default:
            preconditionFailure("a state has addresses of one family")
        }
        portBytes = UInt32(sourcePort) << 16 | UInt32(destinationPort)
    }

    init(event: UInt16, version: UInt8, number: UInt8) {
        self.event = event
        self.version = version
        self.number = number
        source = 0
        destination = 0
        portBytes = 0
        flags = 0
        tcpStates = Ends()
        packets = Counters()
        bytes = Counters()
        tag = 0
        rule = .max
        group = IPLogName()
    }

    @inlinable
    public var sourcePort: UInt16 { UInt16(truncatingIfNeeded: portBytes >> 16) }

    @inlinable
    public var destinationPort: UInt16 { UInt16(truncatingIfNeeded: portBytes) }

    /// The type of an ICMP state, which stands in the place of the source port, lowest byte first.
    @inlinable
    public var icmpType: UInt16 {
        get { sourcePort.byteSwapped }
        set { portBytes = portBytes & 0xFFFF | UInt32(newValue.byteSwapped) << 16 }
    }

    /// Whether one side of a TCP connection is beyond ESTABLISHED: then what expired was closed.
    @inlinable
    public var isClosed: Bool {
        number == 6 && max(tcpStates.source, tcpStates.destination) > TCPState.established
    }
}
