import PacketDecoding
import Primitives

/// What packets need of the interface that they are of.
struct SectionInterface {
    var id = InterfaceID.none
    var linkType = LinkType.null
    var snapLength: UInt32 = 0
    var scale = TimeScale(resolution: 6, offset: 0)
}

// The pcapng blocks that describe: sections, interfaces and their statistics.
extension CaptureParser {
    /// A section begins: its byte order holds from here on, and its interfaces are numbered anew.
    mutating func readSection(_ block: Block, in window: RawSpan, order: ByteOrder) {
        section.order = order
        section.number += 1
        section.interfaces.removeAll(keepingCapacity: true)
        section.currentNumber = .max
        section.isQuick = false
        // Byte-order magic, version, section length: a length that lies would only lead astray.
        guard block.body.count >= 16 else {
            _ = tooShort(block)
            return
        }
        var section = CaptureSection(byteOrder: order)
        readOptions(block, from: 16, in: window) { option, window in
            switch option.code {
            case PcapngOption.comment: section.comments.append(window.text(option.value))
            case 2: section.hardware = window.text(option.value)
            case 3: section.operatingSystem = window.text(option.value)
            case 4: section.application = window.text(option.value)
            default: break
            }
        }
        if sections.count < Self.sectionLimit { sections.append(section) }
    }

    /// Interface description block. Every section numbers its interfaces from 0; the run goes on counting.
    mutating func readInterface(_ block: Block, in window: RawSpan) {
        guard block.body.count >= 8 else {
            _ = tooShort(block)
            return
        }
        guard section.interfaces.count < Self.interfaceLimit else {
            note(.tooManyInterfaces(limit: Self.interfaceLimit), at: block.range.lowerBound)
            return
        }
        let order = section.order
        let linkType = LinkType(window.load16(at: block.body.lowerBound, order))
        var interface = CaptureInterface(id: nextInterface(), linkType: linkType)
        interface.snapLength = window.load32(at: block.body.lowerBound + 4, order)
        interface.section = section.number
        readOptions(block, from: 8, in: window) { option, window in
            let value = option.value
            switch (option.code, value.count) {
            case (PcapngOption.comment, _): interface.comments.append(window.text(value))
            case (2, _): interface.name = window.text(value)
            case (3, _): interface.description = window.text(value)
            case (9, 1): interface.timeResolution = window.byte(at: value.lowerBound)
            // The first byte of a filter says of what kind it is: 0 is text.
            case (11, 2...) where window.byte(at: value.lowerBound) == 0:
                interface.filter = window.text(value.dropFirst())
            case (12, _): interface.operatingSystem = window.text(value)
            case (13, 1): interface.checkSequenceLength = window.byte(at: value.lowerBound)
            case (14, 8): interface.timeOffset = Int64(bitPattern: window.load64(at: value.lowerBound, order))
            case (15, _): interface.hardware = window.text(value)
            default: break
            }
        }
        if interface.name == "" { interface.name = nil }
        section.interfaces.append(
            SectionInterface(
                id: interface.id, linkType: linkType, snapLength: interface.snapLength,
                scale: TimeScale(resolution: interface.timeResolution, offset: interface.timeOffset)))
        // Frames of an interface that the run has no number for are still read, as of no interface.
        if interface.id != .none { interfaces.append(interface) }
    }

    /// Interface statistics block: running totals, so the last one counts.
    mutating func readStatistics(_ block: Block, in window: RawSpan) {
        guard block.body.count >= 12 else {
            _ = tooShort(block)
            return
        }
        let order = section.order
        let number = window.load32(at: block.body.lowerBound, order)
        guard number < section.interfaces.count else { return }
        let index = Int(section.interfaces[Int(number)].id.rawValue) - firstInterface
        guard interfaces.indices.contains(index) else { return }
        var statistics = interfaces[index].statistics
        readOptions(block, from: 12, in: window) { option, window in
            guard option.value.count == 8 else { return }
            let count = window.load64(at: option.value.lowerBound, order)
            switch option.code {
            case 4: statistics.received = count
            case 5: statistics.dropped = count
            case 6: statistics.accepted = count
            case 7: statistics.droppedBySystem = count
            case 8: statistics.delivered = count
            default: break
            }
        }
        interfaces[index].statistics = statistics
    }

    /// Hands the options that begin `fixed` bytes into the block's body to `use`; notes a broken one.
    private mutating func readOptions(
        _ block: Block, from fixed: Int, in window: RawSpan, _ use: (PcapngOption, RawSpan) -> Void
    ) {
        let range = block.body.dropFirst(fixed)
        var options = PcapngOptions(range.startIndex..<range.endIndex, order: section.order)
        var count = 0
        while count < Self.optionLimit, let option = options.next(in: window) {
            count += 1
            let cost = min(option.value.count, 4_096) + 32
            guard cost <= textLeft else {
                textsLeftOut += 1
                continue
            }
            textLeft -= cost
            use(option, window)
        }
        if let code = options.broken { note(.optionExceedsBlock(code: code), at: block.range.lowerBound) }
    }

    /// Options of one describing block that are looked at.
    private static var optionLimit: Int { 256 }
}
