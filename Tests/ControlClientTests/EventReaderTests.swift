import Testing

@testable import ControlClient

@Suite("Server-sent events")
struct EventReaderTests {
    static let text = """
        :\n
        event: status
        data: {"a":1}

        data:first
        data: second
        id: 7:3
        retry: 5
        nonsense

        event: nothing

        event: lines\r
        data: x\r
        \r

        """

    static var events: [ServerEvent] {
        var two = ServerEvent()
        two.id = "7:3"
        two.data = Array("first\nsecond".utf8)
        return [
            ServerEvent(name: "status", id: nil, data: Array(#"{"a":1}"#.utf8)), two,
            ServerEvent(name: "lines", id: nil, data: Array("x".utf8)),
        ]
    }

    @Test("Events are the same wherever the bytes are cut", arguments: 1...40)
    func pieces(size: Int) throws {
        var reader = EventReader()
        var events: [ServerEvent] = []
        let bytes = Array(Self.text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            events += try reader.take(bytes[start..<min(start + size, bytes.count)])
        }
        #expect(events == Self.events)
    }

    @Test("An event without an end is an error")
    func endless() throws {
        var reader = EventReader()
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        #expect(throws: EventReader.TooLong.self) {
            for _ in 0...64 { _ = try reader.take(piece) }
        }
    }
}
