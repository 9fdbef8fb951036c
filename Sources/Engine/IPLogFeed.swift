import IPLog
import IPLogDevice
import PacketDecoding
import Settings

/// Where records of the ipl log go, and how they are made: handed to those who make them.
struct IPLogFeed: Sendable {
    /// In the order of `IPLogUnit`.
    let queues: [UnitQueue]
    let writing: IPLogWriting
    let logsBody: Bool
    let tellsTranslations: Bool
    let tellsStates: Bool

    init(_ settings: IPLogSettings) {
        let writing: IPLogWriting =
            switch settings.layout.value {
            case .v51: .v51
            case .v41: .v41
            case .man: .manualPage
            }
        self.writing = writing
        logsBody = settings.logBody.value
        tellsTranslations = settings.nat.value
        tellsStates = settings.states.value
        let (limit, suppresses) = (settings.buffer.value.bytes, settings.suppress.value)
        queues = IPLogUnit.allCases.map { unit in
            UnitQueue(unit, limit: limit, layout: writing.layout, suppresses: suppresses)
        }
    }

    subscript(unit: IPLogUnit) -> UnitQueue { queues[unit.rawValue] }
}

/// Gathers the records of one worker's packets: owned by its thread, handed over at the end of a batch. Allocates and
/// locks nothing for a packet.
struct PacketRecorder: ~Copyable {
    private let queue: UnitQueue
    private let writing: IPLogWriting
    private let logsBody: Bool
    private var batch = RecordBatch()
    private var names: [InterfaceID: IPLogName] = [:]
    /// The interface of the last packet is most often the next one's, too.
    private var last: (id: InterfaceID, name: IPLogName) = (.none, IPLogName())

    init(_ feed: IPLogFeed) {
        queue = feed[.filter]
        writing = feed.writing
        logsBody = feed.logsBody
    }

    /// Tells the name that records have for an interface: the kernel's.
    mutating func learn(_ name: String, as id: InterfaceID) {
        names[id] = IPLogName(name.utf8)
        last = (.none, IPLogName())
    }

    /// Makes a record of a packet of IP; other frames are none.
    mutating func append(_ frame: Frame, _ layers: Layers, _ bytes: RawSpan) {
        let id = frame.interface
        if id != last.id { last = (id, names[id] ?? IPLogName()) }
        guard let packet = LoggedPacket(frame, layers, bytes, interface: last.name, logsBody: logsBody) else { return }
        batch.append(packet, bytes, at: frame.time, writing)
        if batch.isFull { endBatch() }
    }

    /// Hands the records over.
    mutating func endBatch() {
        guard !batch.isEmpty else { return }
        queue.append(batch)
        batch.removeAll()
    }
}
