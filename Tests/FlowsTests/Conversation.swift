import Flows
import PacketDecoding
import Primitives
import TestSupport

/// A TCP conversation as tests write it, and what a tracker makes of it.
struct Conversation {
    static let client = "192.0.2.1"
    static let server = "198.51.100.7"

    var clientStart: UInt32 = 1000
    var serverStart: UInt32 = 5_000_000

    func fromClient(
        at offset: UInt64 = 0, _ payload: [UInt8] = [], flags: TestFlags = .ack, acknowledging: UInt64 = 0,
        window: UInt16 = 65535, options: [UInt8] = []
    ) -> PacketBuilder {
        let sequence = clientStart &+ UInt32(truncatingIfNeeded: offset) &+ (flags.contains(.syn) ? 0 : 1)
        let acknowledgement = serverStart &+ 1 &+ UInt32(truncatingIfNeeded: acknowledging)
        return PacketBuilder().ethernet().ipv4(Conversation.client, Conversation.server).tcp(
            40000, 21, flags: flags, sequence: sequence, acknowledgement: acknowledgement, window: window,
            options: options
        ).payload(payload)
    }

    func fromServer(
        at offset: UInt64 = 0, _ payload: [UInt8] = [], flags: TestFlags = .ack, acknowledging: UInt64 = 0,
        window: UInt16 = 65535, options: [UInt8] = []
    ) -> PacketBuilder {
        let sequence = serverStart &+ UInt32(truncatingIfNeeded: offset) &+ (flags.contains(.syn) ? 0 : 1)
        let acknowledgement = clientStart &+ 1 &+ UInt32(truncatingIfNeeded: acknowledging)
        return PacketBuilder().ethernet().ipv4(Conversation.server, Conversation.client).tcp(
            21, 40000, flags: flags, sequence: sequence, acknowledgement: acknowledgement, window: window,
            options: options
        ).payload(payload)
    }

    /// Its three first segments.
    var handshake: [PacketBuilder] {
        [fromClient(flags: .syn), fromServer(flags: [.syn, .ack]), fromClient()]
    }
}

/// What a tracker said, in words: "data> 5 hello", "gap< 10".
struct StreamTranscript {
    private(set) var lines: [String] = []
    /// The bytes of both streams, with a mark for each gap left out.
    private(set) var toServer: [UInt8] = []
    private(set) var toClient: [UInt8] = []
    private(set) var conflicts = 0

    mutating func take(
        _ tracker: inout FlowTracker, _ packets: [PacketBuilder], at time: Timestamp = .init(nanoseconds: 0)
    ) {
        for packet in packets { take(&tracker, packet, at: time) }
    }

    @discardableResult
    mutating func take(
        _ tracker: inout FlowTracker, _ packet: PacketBuilder, at time: Timestamp = .init(nanoseconds: 0)
    ) -> TrackedPacket? {
        let bytes = packet.bytes
        let layers = packet.decoded()
        let tracked = tracker.take(layers, bytes.span.bytes, at: time)
        for event in tracker.events { note(event, tracker.bytes(of: event, in: bytes.span.bytes)) }
        return tracked
    }

    private mutating func note(_ event: StreamEvent, _ bytes: RawSpan) {
        let arrow = event.direction == .toServer ? ">" : "<"
        switch event.kind {
        case .data:
            let text = bytes.copied
            if event.direction == .toServer { toServer += text } else { toClient += text }
            lines.append("data\(arrow) \(event.offset) \(String(decoding: text, as: UTF8.self))")
        case .gap: lines.append("gap\(arrow) \(event.offset)+\(event.length)")
        case .conflict:
            conflicts += 1
            lines.append("conflict\(arrow) \(event.offset)+\(event.length)")
        case .finished: lines.append("finished\(arrow) \(event.offset)")
        case .reset: lines.append("reset\(arrow)")
        }
    }
}

extension RawSpan {
    var copied: [UInt8] { (0..<byteCount).map { byte(at: $0) } }
}
