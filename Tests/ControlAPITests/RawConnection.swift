import Foundation
import NIOCore
import NIOPosix

/// Bytes to a server and back, without a library that would mend them.
struct RawConnection {
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    struct Reply {
        var status: Int
        var headers: [String: String]
        var body: String

        /// The code of a JSON refusal.
        var code: String? {
            let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
            return object?["message"] is String ? object?["code"] as? String : nil
        }
    }

    /// Sends `bytes`, and returns everything that comes until the server closes, or `patience` is over.
    static func exchange(
        _ bytes: [UInt8], socket: String, halfCloses: Bool = false, patience: Duration = .seconds(20)
    ) async throws -> [UInt8] {
        let channel = try await open(socket, halfCloses)
        return try await channel.executeThenClose { inbound, outbound in
            // A server that has refused already may not take everything.
            try? await outbound.write(ByteBuffer(bytes: bytes))
            if halfCloses { outbound.finish() }
            let deadline = Task {
                try await Task.sleep(for: patience)
                try await channel.channel.close()
            }
            defer { deadline.cancel() }
            var all: [UInt8] = []
            do {
                for try await piece in inbound { all.append(contentsOf: piece.readableBytesView) }
            } catch is IOError {
                // The server closed with bytes of ours unread.
            }
            return all
        }
    }

    static func open(_ socket: String, _ halfCloses: Bool = false) async throws -> NIOAsyncChannel<
        ByteBuffer, ByteBuffer
    > {
        try await ClientBootstrap(group: group)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(unixDomainSocketPath: socket) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: halfCloses))
                }
            }
    }

    /// Sends one request and takes its answer apart.
    static func request(
        _ method: String, _ path: String, headers: [String] = [], body: String? = nil, socket: String
    ) async throws -> Reply {
        var head = ["\(method) \(path) HTTP/1.1", "Host: gatelog", "Connection: close"] + headers
        if let body, !headers.contains(where: { $0.lowercased().hasPrefix("content-length") }) {
            head.append("Content-Length: \(body.utf8.count)")
        }
        let text = head.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
        return try reply(try await exchange(Array(text.utf8), socket: socket))
    }

    struct NoReply: Error {
        let text: String
    }

    static func reply(_ bytes: [UInt8]) throws -> Reply {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { throw NoReply(text: text) }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 "), let status = Int(first.dropFirst(9).prefix(3))
        else {
            throw NoReply(text: text)
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let sides = line.split(separator: ":", maxSplits: 1)
            headers[sides[0].lowercased()] = sides.count > 1 ? sides[1].trimmingCharacters(in: .whitespaces) : ""
        }
        return Reply(status: status, headers: headers, body: String(text[end.upperBound...]))
    }
}
