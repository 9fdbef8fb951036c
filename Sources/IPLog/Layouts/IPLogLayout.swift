/// How a record's bytes stand, by the release that writes them: 64-bit, lowest byte first.
///
/// A record is a header, a part that depends on the unit, and for packets the packet's bytes; the next record follows
/// at once, without padding.
public enum IPLogLayout: Int, CaseIterable, Hashable, Sendable {
    /// The structures that the manual page ipl(4) prints: names of four bytes, no magic.
    case manualPage
    /// The same as NetBSD's variant has it: names of sixteen bytes.
    case manualPageLongNames
    /// Releases 3.2 and 3.3.
    case v32
    /// Release 3.4.0 and those soon after it: names of four bytes.
    case v340
    /// Releases 3.4.29 ... 3.4.35.
    case v34
    /// Releases 4.1.x.
    case v41
    /// Releases 5.0.3 ... 5.0.5: the header of 4.1, the bodies of 5.1.
    case v50
    /// Releases 5.0.6 ... 5.1.2: with a sequence number.
    case v51

    /// How the option, the settings and messages name the layout.
    public var name: StaticString {
        switch self {
        case .manualPage: "man"
        case .manualPageLongNames: "man-netbsd"
        case .v32: "3.2"
        case .v340: "3.4.0"
        case .v34: "3.4"
        case .v41: "4.1"
        case .v50: "5.0"
        case .v51: "5.1"
        }
    }

    /// The layout of that name; nil where there is none.
    public init?(name: String) {
        guard let layout = Self.allCases.first(where: { "\($0.name)" == name }) else { return nil }
        self = layout
    }

    /// Bytes of a record's header.
    @inlinable
    public var headerSize: Int {
        switch self {
        case .v32, .v51: 48
        case .manualPage, .manualPageLongNames, .v340, .v34, .v41, .v50: 40
        }
    }

    /// Bytes of a packet record between the header and the packet.
    @inlinable
    public var filterSize: Int {
        switch self {
        case .manualPage: 16
        case .manualPageLongNames: 24
        case .v32: 20
        case .v340: 28
        case .v34: 40
        case .v41, .v50, .v51: 80
        }
    }

    /// Bytes of a translation record behind the header.
    @inlinable
    public var translationSize: Int {
        switch self {
        case .manualPage, .manualPageLongNames, .v32, .v340, .v34: 48
        case .v41: 64
        case .v50, .v51: 160
        }
    }

    /// Bytes of a state record behind the header.
    @inlinable
    public var stateSize: Int {
        switch self {
        case .manualPage, .manualPageLongNames, .v32, .v340, .v34: 72
        case .v41, .v50, .v51: 136
        }
    }

    /// Bytes of a record of that unit before a packet's bytes, its header counted.
    @inlinable
    public func fixedSize(_ unit: IPLogUnit) -> Int {
        switch unit {
        case .filter: headerSize + filterSize
        case .translation: headerSize + translationSize
        case .state: headerSize + stateSize
        }
    }

    /// The longest record: both of a packet's lengths as large as their fields hold.
    @inlinable
    public var longestRecord: Int {
        switch self {
        case .v41, .v50, .v51: headerSize + filterSize + 255 + 65_535
        case .manualPage, .manualPageLongNames, .v32, .v340, .v34: headerSize + filterSize + 255 + 255
        }
    }

    /// Where the record's size, eight bytes, stands in the header.
    @inlinable
    public var sizeOffset: Int { headerSize == 48 ? 32 : 24 }

    /// Whether headers begin with a magic number.
    @inlinable
    public var hasMagic: Bool { self != .manualPage && self != .manualPageLongNames }

    /// Whether each unit has a magic number of its own.
    @inlinable
    public var hasUnitMagic: Bool { generation != .three }

    /// Whether headers count records, so that lost ones show.
    @inlinable
    public var hasSequence: Bool { self == .v51 }

    /// Whether length and fragment field of a packet's outer IPv4 header stand lowest byte first, as the kernels of
    /// the time kept them, and not as on the wire.
    @inlinable
    public var keepsHostOrder: Bool { self != .v50 && self != .v51 }

    /// What the bits of a record mean, and how its text is written.
    @inlinable
    public var generation: IPLogGeneration {
        switch self {
        case .manualPage, .manualPageLongNames, .v32, .v340, .v34: .three
        case .v41: .four
        case .v50, .v51: .five
        }
    }
}

/// The main release: bits of flags, and details of the text, are the same within one.
public enum IPLogGeneration: Int, Comparable, Hashable, Sendable {
    case three = 3
    case four = 4
    case five = 5

    @inlinable
    public static func < (left: IPLogGeneration, right: IPLogGeneration) -> Bool { left.rawValue < right.rawValue }
}
