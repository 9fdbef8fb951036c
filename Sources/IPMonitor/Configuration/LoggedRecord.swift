import IPLog
import Primitives

/// A record for which rules are asked: where it stands.
struct LoggedRecord {
    var unit: IPLogUnit
    var layout: IPLogLayout
    var place: IPLogReader.Place

    func header(_ bytes: RawSpan) -> IPLogHeader { IPLogHeader(bytes, at: place.start, layout) }
}

/// What rules can ask of a record, of whatever unit.
struct RecordFacts {
    var unit: IPLogUnit
    var seconds: Int64
    var direction: ConfigurationRule.Direction?
    var source: UInt32?
    var destination: UInt32?
    var sourcePort: UInt16?
    var destinationPort: UInt16?
    var number: UInt8?
    var group = IPLogName()
    /// The interface as the record has it, and its number.
    var interface = IPLogName()
    var interfaceUnit: UInt32 = 0
    var logTag: UInt32 = 0
    var natTag = IPLogName()
    /// From 0; all ones for none.
    var rule = UInt32.max
    var result: ConfigurationRule.Result?

    init(_ bytes: RawSpan, _ record: LoggedRecord) {
        unit = record.unit
        seconds = record.header(bytes).seconds
        let body = record.place.start + record.layout.headerSize
        switch record.unit {
        case .filter:
            readFilter(IPLogFilterRecord(bytes, at: body, record.layout), bytes, record)
        case .translation:
            readTranslation(IPLogTranslationRecord(bytes, at: body, record.layout))
        case .state:
            readState(IPLogStateRecord(bytes, at: body, record.layout))
        }
    }

    private mutating func readFilter(_ filter: IPLogFilterRecord, _ bytes: RawSpan, _ record: LoggedRecord) {
        group = filter.group
        interface = filter.interface
        interfaceUnit = filter.interfaceUnit
        logTag = filter.logTag
        natTag = filter.natTag
        rule = filter.rule
        direction = Self.direction(filter)
        // "nomatch" comes first, whatever happened to the packet then.
        let noMatch =
            IPLogFlags.loggedNoMatch | (filter.generation == .three ? IPLogFlags.noMatch3 : IPLogFlags.noMatch)
        if filter.flags & noMatch != 0 {
            result = .nomatch
        } else {
            switch filter.verdict {
            case .passed: result = .pass
            case .blocked: result = .block
            case .logged, .noMatch: result = .log
            }
        }
        let start = record.place.start + record.layout.fixedSize(.filter)
        let stored = Int(filter.headerLength) + Int(filter.bodyLength)
        readPacket(bytes.extracting(start..<start + stored), record.layout)
    }

    /// The rule's direction; the packet's where the rule does not say.
    private static func direction(_ filter: IPLogFilterRecord) -> ConfigurationRule.Direction? {
        if filter.generation != .three {
            if filter.flags & IPLogFlags.incoming != 0 { return .in }
            if filter.flags & IPLogFlags.outgoing != 0 { return .out }
        }
        switch filter.direction {
        case 0: return .in
        case 1: return .out
        default: return nil
        }
    }

    private mutating func readPacket(_ packet: RawSpan, _ layout: IPLogLayout) {
        guard packet.byteCount >= 20 else { return }
        if packet.byte(at: 0) >> 4 == 6 {
            guard packet.byteCount >= 40 else { return }
            number = packet.byte(at: 6)
            return readPorts(packet, at: 40)
        }
        number = packet.byte(at: 9)
        source = packet.big32(at: 12)
        destination = packet.big32(at: 16)
        let fragment = layout.keepsHostOrder ? packet.little16(at: 6) : packet.big16(at: 6)
        if fragment & 0x1FFF == 0 { readPorts(packet, at: Int(packet.byte(at: 0) & 0xF) * 4) }
    }

    private mutating func readPorts(_ packet: RawSpan, at start: Int) {
        guard number == 6 || number == 17, packet.holds(4, at: start) else { return }
        sourcePort = packet.big16(at: start)
        destinationPort = packet.big16(at: start + 2)
    }

    private mutating func readTranslation(_ translation: IPLogTranslationRecord) {
        rule = UInt32(bitPattern: translation.rule)
        number = translation.protocols.before
        interface = translation.interfaces.first
        if translation.versions.before == 4 {
            source = UInt32(truncatingIfNeeded: translation.oldSource.address >> 96)
            destination = UInt32(truncatingIfNeeded: translation.oldDestination.address >> 96)
        }
        sourcePort = translation.oldSource.port
        destinationPort = translation.oldDestination.port
    }

    private mutating func readState(_ state: IPLogStateRecord) {
        rule = state.rule
        number = state.number
        group = state.group
        logTag = state.tag
        if state.version == 4 {
            source = UInt32(truncatingIfNeeded: state.source >> 96)
            destination = UInt32(truncatingIfNeeded: state.destination >> 96)
        }
        guard state.number == 6 || state.number == 17 else { return }
        sourcePort = state.sourcePort
        destinationPort = state.destinationPort
    }
}
