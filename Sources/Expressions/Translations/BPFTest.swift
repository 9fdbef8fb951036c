/// One test of a program: a field of a header, or an address.
enum BPFTest: Sendable {
    case field(BPFField)
    /// An address of so many 32-bit words in one of sorted ranges that lie apart.
    case address(UInt32, words: Int, [ClosedRange<UInt128>])
}

/// A number that is loaded and compared.
struct BPFField: Sendable {
    /// What must be made sure of before.
    enum Need: Hashable, Sendable {
        case nothing
        /// The protocol's number stands where it is read: no extension header comes before it.
        case protocolNumber
        /// The packet's length stands in its header.
        case length
        /// So many bytes stand behind the IP header of a packet that is no fragment; X is that header's length.
        case transport(UInt32)
    }

    var code: UInt16
    var offset: UInt32
    var shift: UInt32 = 0
    var mask: UInt32?
    /// Sorted and apart; at least one.
    var ranges: [ClosedRange<UInt32>]
    var need = Need.nothing
}
