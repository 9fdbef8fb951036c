public import PacketDecoding
import Primitives

/// What the header of a pcap says about all its records.
@usableFromInline
struct PcapHeader {
    /// Nanoseconds of one unit of the records' fractions: 1 or 1,000.
    @usableFromInline var tick: Int64 = 1_000
    /// The most bytes of a packet.
    @usableFromInline var limit = CaptureParser.packetLimit
    @usableFromInline var linkType = LinkType.null
    @usableFromInline var interface = InterfaceID.none
    var order = ByteOrder.little
    /// Bytes of a record's header.
    var recordHeader = 16
    /// Before version 2.3 the two lengths stood the other way round; 2.3 itself was written both ways.
    var lengths = Lengths.straight

    enum Lengths {
        case straight, swapped, unsure
    }
}

/// The four numbers that a pcap record begins with.
struct PcapRecord {
    var seconds: UInt32
    var fraction: UInt32
    var captured: UInt32
    var original: UInt32
}

extension CaptureParser {
    /// Whether the present file's records are of the kind that `quickPacket` reads.
    var isQuickFormat: Bool {
        format == .pcap && pcap.order == .little && pcap.lengths == .straight && !isCooked(pcap.linkType)
    }

    /// Link types whose header tells the direction of a packet.
    func isCooked(_ linkType: LinkType) -> Bool { linkType == .linuxCooked || linkType == .linuxCookedV2 }

    /// Reads the 24 bytes that a pcap begins with. The version is not judged: some of those that write
    /// other numbers than 2.4 mean 2.4 all the same.
    mutating func startPcap(
        in window: RawSpan, isLast: Bool, magic: UInt32, order: ByteOrder
    ) throws(CaptureFormatError) -> Outcome {
        let left = window.byteCount - position
        guard left >= 24 else {
            if !isLast { return .needBytes(24) }
            throw .tooShort(present: left, needed: 24)
        }
        format = magic == Magic.modified ? .modifiedPcap : .pcap
        pcap.order = order
        pcap.tick = magic == Magic.nano ? 1 : 1_000
        pcap.recordHeader = magic == Magic.modified ? 24 : 16
        let major = window.load16(at: position + 4, order)
        let minor = window.load16(at: position + 6, order)
        if major == 543 || major == 2 && minor < 3 { pcap.lengths = .swapped }
        if major == 2 && minor == 3 { pcap.lengths = .unsure }
        let snapLength = window.load32(at: position + 16, order)
        pcap.limit = max(Self.packetLimit, min(Int(snapLength), Self.blockLimit))
        let word = window.load32(at: position + 20, order)
        pcap.linkType = LinkType(UInt16(truncatingIfNeeded: word))
        var interface = CaptureInterface(id: nextInterface(), linkType: pcap.linkType)
        interface.snapLength = snapLength
        interface.timeResolution = pcap.tick == 1 ? 9 : 6
        // Bit 26: the top four bits hold the length of the check sequence, in units of two bytes.
        if word & 1 << 26 != 0 { interface.checkSequenceLength = UInt8(word >> 28) * 2 }
        interfaces.append(interface)
        pcap.interface = interface.id
        position += 24
        state = .records
        isQuick = isQuickFormat
        return .progress
    }

    /// The number of the next interface of the run, or none where numbers or room have run out.
    func nextInterface() -> InterfaceID {
        guard interfaces.count < Self.interfaceLimit,
            let number = UInt16(exactly: firstInterface + interfaces.count)
        else { return .none }
        return InterfaceID(rawValue: number)
    }
}

extension RawSpan {
    @inline(__always)
    func load16(at offset: Int, _ order: ByteOrder) -> UInt16 {
        order == .little ? little16(at: offset) : big16(at: offset)
    }

    @inline(__always)
    func load32(at offset: Int, _ order: ByteOrder) -> UInt32 {
        order == .little ? little32(at: offset) : big32(at: offset)
    }

    @inline(__always)
    func load64(at offset: Int, _ order: ByteOrder) -> UInt64 {
        order == .little ? little64(at: offset) : big64(at: offset)
    }
}
