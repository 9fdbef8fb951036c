// The format of the index, version 1. All numbers little-endian; addresses of IPv6 and hardware in network
// order, so that a program reads them where they stand.
//
// Beside each segment of a log lie two files that are only appended to:
//
//   NAME.rec   blocks, one for each chunk of lines: for each line its length and its record. Every block is whole
//              in itself: names, shapes and entries of its lines. What the index knows is here.
//   NAME.idx   the directory: for each block one record that says where it and its lines are, from when to when
//              they reach, and what cannot be among them (`BlockSummary`). Derived from the blocks: lost, it is made
//              again from them. A search reads it in one go and touches the blocks that may hold what it wants.
//
// A block:
//
//   header     128 bytes, see `BlockHeader.Offset`
//   names      for each: kind (1 byte), length (2), text; numbered from 1
//   shapes     what packets of one flow have in common, each written once; numbered from 0
//   entries    for each line: its length, time, kind; for a packet the number of its shape and what is its own
//
// An entry that is as most are:
//
//   0  1  bits 0-4 kind, bit 5: a packet, bit 6: wide
//   1  2  length of the line, its end included
//   3  4  nanoseconds since the line before
//   7  1  TCP flags
//   of a packet
//   8  2  shape      10 2 length      12 2 payload length      14 2 identification (IPv4)
//   of TCP flags: sequence (4), acknowledgement (4), window (2)
//   of an echo: identifier (2), sequence (2)
//   of a fragment: identification (4), offset and in bit 0 whether more follow (4)
//
// A wide one, where a number does not fit: length of the line (4), nanoseconds (8, signed) behind the first byte,
// then the TCP flags; of a packet shape, length, payload length, identification (4 each); the rest alike.
//
// A connection is always wide, with bit 7 in its first byte and TCP's state for the flags. Then follow its shape (4; its
// addresses, ports, rule, names), which facts it has (2, `ConnectionRecord.Presence`), its zone (2), and of these facts:
// number (4), start (8), end (8), packets and bytes each way (4 * 8), the endpoints of the answers (the shape's
// addresses, ports), status (4), mark (4), the identifier of an echo (2).

//
// A line with members of its own (a change, a refused log-in) is wide too, with bits 5 and 7: behind its time and an unused
// byte follow the bytes of its members (4), and of each the length of its name (1), the name, the length of its value (2)
// and the value.

/// Where the numbers of a block's header stand.
enum BlockHeader {
    /// `GLR1` as it stands in the file.
    static let magic: UInt32 = 0x3152_4C47
    static let version: UInt16 = 1
    static let length = 128
    /// Bytes of the longest block. A chunk of a writer is far below.
    /// - Limit: a block of a log's index | bytes | damage
    static let longest = 64 << 20

    enum Offset {
        static let magic = 0
        static let version = 4
        static let headerLength = 6
        /// Bytes of the whole block.
        static let length = 8
        static let lineCount = 12
        /// Of all other bytes.
        static let checksum = 16
        /// In the log's segment, of the first line. Placed by the sealer, as `lineNumber` is.
        static let lineOffset = 24
        /// How many lines of the segment stand before the block's.
        static let lineNumber = 32
        static let lineBytes = 40
        static let shapeCount = 44
        static let firstTime = 48
        static let lastTime = 56
        static let earliest = 64
        static let latest = 72
        /// Bytes of the names, and how many there are.
        static let namesLength = 80
        static let nameCount = 84
        static let shapesLength = 88
        /// A bit for each kind.
        static let kinds = 92
        /// A bit for each set of the six TCP flags.
        static let flagSets = 96
        static let leastLength = 104
        static let greatestLength = 108
        static let leastPayload = 112
        static let greatestPayload = 116
        /// Changes what the directory's filter makes of a key, so that nobody can choose keys that are taken.
        static let salt = 120
    }
}

/// The first byte of an entry.
enum EntryHead {
    static let kinds: UInt8 = 0x1F
    static let packet: UInt8 = 1 << 5
    static let wide: UInt8 = 1 << 6
    static let connection: UInt8 = 1 << 7
    /// Members of its own: neither a packet nor a connection.
    static let fields: UInt8 = packet | wide | connection
}

/// What a name in a block names.
enum NameKind: UInt8 {
    case interface = 1
    case kernelInterface = 2
    case host = 3
    case user = 4
    /// A rule, or a group of rules.
    case rule = 5
}

/// Which facts a shape has beside those that `present` says: 16 bits.
enum ShapePart {
    static let incoming: UInt16 = 1 << 0
    static let outgoing: UInt16 = 1 << 1
    /// The interface to print is neither that of the direction nor absent.
    static let interface: UInt16 = 1 << 2
    static let sourceHosts: UInt16 = 1 << 3
    static let destinationHosts: UInt16 = 1 << 4
    static let users: UInt16 = 1 << 5
    static let countries: UInt16 = 1 << 6
    static let networks: UInt16 = 1 << 7
    /// The link type is not Ethernet.
    static let linkType: UInt16 = 1 << 8
    /// An echo: entries have its identifier and sequence.
    static let echo: UInt16 = 1 << 9
    /// Read back from a line: TTL (but of ICMP), code point and identification are not known.
    static let readBack: UInt16 = 1 << 10
}
