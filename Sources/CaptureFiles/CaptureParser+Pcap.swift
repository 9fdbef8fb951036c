import PacketDecoding
import Primitives

extension CaptureParser {
    /// Reads one record of a pcap of any kind.
    mutating func nextRecord(in window: RawSpan, isLast: Bool) -> Outcome {
        let left = window.byteCount - position
        guard left >= pcap.recordHeader else {
            if !isLast { return .needBytes(pcap.recordHeader) }
            if left > 0 { note(.truncated(needed: pcap.recordHeader, present: left), at: position) }
            position = window.byteCount
            state = .ended
            return .end
        }
        let record = record(in: window, at: position)
        guard record.captured <= pcap.limit else {
            return lose(.recordTooLong(claimed: record.captured, limit: pcap.limit))
        }
        let captured = Int(record.captured)
        let length = pcap.recordHeader + captured
        guard left >= length else {
            if !isLast { return .needBytes(length) }
            return lose(.truncated(needed: length, present: left))
        }
        packetStart = position + pcap.recordHeader
        packetLength = captured
        packetOptions = 0..<0
        lastTime = time(of: record)
        let frame = Frame(
            time: lastTime, capturedLength: captured, originalLength: Int(record.original),
            linkType: pcap.linkType, direction: direction(in: window), interface: pcap.interface)
        position += length
        return .packet(frame)
    }

    private func time(of record: PcapRecord) -> Timestamp {
        Timestamp(nanoseconds: Int64(record.seconds) * 1_000_000_000 + Int64(record.fraction) * pcap.tick)
    }

    /// The fields of the record at `place`, which has all of its header in the window.
    private func record(in window: RawSpan, at place: Int) -> PcapRecord {
        var record = PcapRecord(
            seconds: window.load32(at: place, pcap.order), fraction: window.load32(at: place + 4, pcap.order),
            captured: window.load32(at: place + 8, pcap.order), original: window.load32(at: place + 12, pcap.order))
        let isSwapped =
            switch pcap.lengths {
            case .straight: false
            case .swapped: true
            case .unsure: record.captured > record.original
            }
        if isSwapped { swap(&record.captured, &record.original) }
        return record
    }

    private func direction(in window: RawSpan) -> FrameDirection {
        if format == .modifiedPcap {
            let direction = Self.direction(ofPacketType: window.byte(at: packetStart - 2))
            if direction != .unknown { return direction }
        }
        return cookedDirection(in: window, pcap.linkType)
    }

    /// The direction that the header of a cooked packet tells (LINKTYPE_LINUX_SLL and SLL2).
    func cookedDirection(in window: RawSpan, _ linkType: LinkType) -> FrameDirection {
        if linkType == .linuxCooked, packetLength >= 2 {
            let type = window.big16(at: packetStart)
            return type <= 4 ? Self.direction(ofPacketType: UInt8(type)) : .unknown
        }
        if linkType == .linuxCookedV2, packetLength >= 11 {
            return Self.direction(ofPacketType: window.byte(at: packetStart + 10))
        }
        return .unknown
    }

    /// Linux's packet types (packet(7)): 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 sent by us.
    private static func direction(ofPacketType type: UInt8) -> FrameDirection {
        switch type {
        case 0...3: .incoming
        case 4: .outgoing
        default: .unknown
        }
    }

    /// Looks for the next record behind damage.
    ///
    /// A place counts as a record's where its lengths and its fraction are possible, its time is
    /// within a day of the last packet's, and a second such record, or the exact end of the file,
    /// follows. Each place is looked at once, so the search is linear in the bytes passed over.
    mutating func findRecord(in window: RawSpan, isLast: Bool, from start: Int64) -> Outcome {
        let header = pcap.recordHeader
        while window.byteCount - position >= header {
            guard let length = plausibleLength(in: window, at: position) else {
                position += 1
                continue
            }
            let next = position + length
            if window.byteCount - next >= header {
                if plausibleLength(in: window, at: next) != nil { return endScan(from: start, found: true) }
            } else if !isLast {
                return .needBytes(length + header)
            } else if window.byteCount == next {
                return endScan(from: start, found: true)
            }
            position += 1
        }
        return isLast ? endOfScan(in: window, from: start) : .needBytes(header)
    }

    /// The length of the record at `place`, header included, if it can be one.
    private func plausibleLength(in window: RawSpan, at place: Int) -> Int? {
        let record = record(in: window, at: place)
        guard record.captured > 0, record.captured <= Self.packetLimit, record.captured <= record.original,
            record.original <= Self.blockLimit, Int64(record.fraction) * pcap.tick < 1_000_000_000
        else { return nil }
        if lastTime.nanoseconds != .min {
            let distance = Int64(record.seconds) - lastTime.seconds
            guard -86_400...86_400 ~= distance else { return nil }
        }
        return pcap.recordHeader + Int(record.captured)
    }
}
