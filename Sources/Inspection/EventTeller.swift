import PacketDecoding
import PacketStages
public import Primitives
public import Records

/// Something that the Security log tells, and when the packet came that showed it.
public struct InspectedEvent: Hashable, Sendable {
    public var time: Timestamp
    public var event: SecurityEvent
}

/// Gathers what is told. Events are rare: here texts are made and memory is allocated.
struct EventTeller: ~Copyable {
    var events: [InspectedEvent] = []
    private let maker = SecurityPacketMaker()

    /// The packet that `tables` has read last, or one that was inside of it, with the names that are known now.
    func packet(
        _ frame: Frame, _ layers: Layers, _ bytes: RawSpan, _ tables: borrowing PacketTables
    ) -> SecurityPacket? {
        var record = PacketRecord(frame, layers, bytes)
        tables.addFacts(to: &record)
        var packet = maker.packet(record, tables.names)
        packet?.communityID = CommunityID.text(layers, bytes)
        return packet
    }

    mutating func tell(_ event: SecurityEvent, _ frame: Frame) {
        events.append(InspectedEvent(time: frame.time, event: event))
    }
}
