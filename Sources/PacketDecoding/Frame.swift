public import Primitives

/// An interface as this run numbers it: an index into the run's interface table.
public struct InterfaceID: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// No interface, or one that the source does not tell.
    @inlinable public static var none: InterfaceID { InterfaceID(rawValue: .max) }
}

/// The direction of a frame as the gateway sees it.
public enum FrameDirection: UInt8, Sendable {
    case unknown
    /// Received on an interface.
    case incoming
    /// Sent out of an interface.
    case outgoing
}

/// What a source says about a frame: plain facts. The bytes travel beside it, as a
/// borrowed `RawSpan` parameter of exactly `capturedLength` bytes, and are never stored.
public struct Frame: Sendable {
    public var time: Timestamp
    /// Bytes on the wire, link header included.
    public var originalLength: Int
    /// Bytes that the capture kept.
    public var capturedLength: Int
    public var linkType: LinkType
    public var direction: FrameDirection
    /// The interface on which the frame was seen, whichever way it went.
    public var interface: InterfaceID
    /// The interface that received it, or `.none`. A record of the firewall's log may have both.
    public var incoming: InterfaceID
    /// The interface that it leaves by, or `.none`.
    public var outgoing: InterfaceID

    /// A frame seen on `interface`; `incoming` and `outgoing` follow from the direction.
    @inlinable
    public init(
        time: Timestamp, capturedLength: Int, originalLength: Int, linkType: LinkType,
        direction: FrameDirection = .unknown, interface: InterfaceID = .none
    ) {
        self.time = time
        self.originalLength = originalLength
        self.capturedLength = capturedLength
        self.linkType = linkType
        self.direction = direction
        self.interface = interface
        incoming = direction == .incoming ? interface : .none
        outgoing = direction == .outgoing ? interface : .none
    }
}
