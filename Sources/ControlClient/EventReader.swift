/// One server-sent event.
struct ServerEvent: Hashable, Sendable {
    var name = "message"
    var id: String?
    var data: [UInt8] = []
}

/// Takes server-sent events from bytes that come in pieces of any size. Pure.
struct EventReader {
    private var line: [UInt8] = []
    private var event = ServerEvent()
    private var hasData = false

    /// Bytes of one event.
    static let longestEvent = 64 << 20

    /// An event does not end.
    struct TooLong: Error {}

    /// Takes one byte after the other; returns the events that are whole now.
    mutating func take(_ bytes: some Sequence<UInt8>) throws(TooLong) -> [ServerEvent] {
        var events: [ServerEvent] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                if line.count + event.data.count > Self.longestEvent { throw TooLong() }
                continue
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if line.isEmpty {
                if hasData { events.append(event) }
                event = ServerEvent()
                hasData = false
            } else {
                takeLine()
            }
            line.removeAll(keepingCapacity: true)
        }
        return events
    }

    private mutating func takeLine() {
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "event": event.name = String(decoding: value, as: UTF8.self)
        case "id": event.id = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { event.data.append(UInt8(ascii: "\n")) }
            hasData = true
            event.data.append(contentsOf: value)
        default: break
        }
    }
}
