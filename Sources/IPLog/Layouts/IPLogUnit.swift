/// The three logs of the device, each with its own records (ipl(4)).
public enum IPLogUnit: Int, CaseIterable, Hashable, Sendable {
    /// Packets: `/dev/ipl`.
    case filter = 0
    /// Address translations: `/dev/ipnat`.
    case translation = 1
    /// States: `/dev/ipstate`.
    case state = 2

    /// What a record's header begins with from 4.x on; releases 3.x write the filter's for every unit.
    @inlinable
    public var magic: UInt32 {
        switch self {
        case .filter: 0x4950_4C4D
        case .translation: 0x4950_4C4E
        case .state: 0x4950_4C53
        }
    }

    /// The unit whose magic that is; nil where it is none.
    @inlinable
    public init?(magic: UInt32) {
        switch magic {
        case 0x4950_4C4D: self = .filter
        case 0x4950_4C4E: self = .translation
        case 0x4950_4C53: self = .state
        default: return nil
        }
    }

    /// The letter of the unit in ipmon's `-o` and `-O`.
    public var letter: UInt8 {
        switch self {
        case .filter: UInt8(ascii: "I")
        case .translation: UInt8(ascii: "N")
        case .state: UInt8(ascii: "S")
        }
    }

    /// How ipmon calls the unit where it says that records are missing.
    public var name: StaticString {
        switch self {
        case .filter: "ipf"
        case .translation: "NAT"
        case .state: "state"
        }
    }

    /// The name of the device.
    public var device: StaticString {
        switch self {
        case .filter: "/dev/ipl"
        case .translation: "/dev/ipnat"
        case .state: "/dev/ipstate"
        }
    }
}
