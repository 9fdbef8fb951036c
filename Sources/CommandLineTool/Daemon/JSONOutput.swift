import Foundation

extension Console {
    /// Says a message as one line of JSON, its keys sorted.
    func say(json message: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try say(String(decoding: try encoder.encode(message), as: UTF8.self) + "\n")
    }

    /// Says each of several messages as a line of its own.
    func say(jsonLines messages: [some Encodable]) throws {
        for message in messages { try say(json: message) }
    }
}
