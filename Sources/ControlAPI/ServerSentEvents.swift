import ControlMessages
import Hummingbird
import NIOCore

/// Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
enum ServerSentEvents {
    static var headers: HTTPFields {
        [.contentType: "text/event-stream", .cacheControl: "no-store"]
    }

    /// A comment, which every client passes over.
    static var signOfLife: ByteBuffer { ByteBuffer(string: ":\n\n") }

    /// One event; JSON has no line ends, so its data is one line. `id` comes back in Last-Event-ID.
    static func event(_ name: String, id: String? = nil, _ message: some Encodable) throws -> ByteBuffer {
        var event = ByteBuffer(string: "event: \(name)\n")
        if let id, id.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) { event.writeString("id: \(id)\n") }
        event.writeString("data: ")
        event.writeImmutableBuffer(try ByteBuffer(json: message))
        event.writeString("\n\n")
        return event
    }
}
