public import Primitives

/// The kinds of pcapng blocks that are known here; all others are passed over, or copied whole.
enum BlockKind {
    static let interface: UInt32 = 1
    static let obsoletePacket: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let names: UInt32 = 4
    static let statistics: UInt32 = 5
    static let enhancedPacket: UInt32 = 6
    static let secrets: UInt32 = 10
    static let custom: UInt32 = 0x0000_0BAD
    static let customNotToCopy: UInt32 = 0x4000_0BAD
    static let section: UInt32 = Magic.sectionHeader

    static func isPacket(_ kind: UInt32) -> Bool {
        kind == enhancedPacket || kind == simplePacket || kind == obsoletePacket
    }

    /// Kinds that a search behind damage believes in.
    static func isKnown(_ kind: UInt32) -> Bool {
        1...6 ~= kind || kind == secrets || kind == custom || kind == customNotToCopy
    }
}

/// What the present section of a pcapng has said.
struct SectionState {
    var order = ByteOrder.little
    /// Its number in the file, from 0; -1 before the first.
    var number = -1
    /// Its interfaces, by the numbers that its packets use.
    var interfaces: [SectionInterface] = []
    /// The interface of the last packet, kept at hand.
    var current = SectionInterface()
    var currentNumber = UInt32.max
    /// Whether `quickBlock` may be tried: a current interface in a little-endian section, and no damage.
    var isQuick = false

    /// Makes the interface of `number` the current one; false where the section has none of that number.
    @inline(__always)
    mutating func choose(_ number: UInt32) -> Bool {
        // The number that stands for none is compared too: a packet may name it.
        if number == currentNumber, number != .max { return true }
        guard number < interfaces.count else { return false }
        current = interfaces[Int(number)]
        currentNumber = number
        return true
    }
}

/// A block that a copy of a capture should have too, in little-endian order whatever it was read in.
public struct KeptBlocks: Sendable {
    /// Bytes of blocks that are kept at one time; later blocks are only counted.
    /// - Limit: blocks of a capture kept for a copy | bytes | counted
    public static let byteLimit = 16 << 20

    /// The blocks, one behind the other, ready to be written.
    public private(set) var bytes: [UInt8] = []
    /// Blocks that were not kept for want of room, or because their kind cannot be turned
    /// into another byte order.
    public internal(set) var leftOut = 0
    var isKeeping = false

    mutating func append(_ block: [UInt8]) {
        guard block.count <= Self.byteLimit - bytes.count else {
            leftOut += 1
            return
        }
        bytes += block
    }

    mutating func removeAll() { bytes.removeAll() }
}

/// A name that a capture gives to an address (name resolution block).
public struct CaptureName: Hashable, Sendable {
    /// Names that are kept of one capture.
    /// - Limit: names that a capture gives |  | passed over
    public static let limit = 16_384

    public var address: IPAddress
    public var name: String
}
