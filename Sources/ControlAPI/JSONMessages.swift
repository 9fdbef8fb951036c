import ControlMessages
import FoundationEssentials
import Hummingbird
import NIOCore

extension Response {
    /// An answer in JSON: keys sorted, so that the same state is the same bytes, and a line end for people.
    static func json(_ message: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        var body = try ByteBuffer(json: message)
        body.writeInteger(UInt8(ascii: "\n"))
        return Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: body))
    }

    /// A refusal. Its connection goes on, but for one whose body was not read.
    static func refusal(_ error: ControlError, closes: Bool = false) -> Response {
        do {
            var response = try json(error, status: error.code.status)
            if closes { response.headers[.connection] = "close" }
            if error.code == .unauthenticated { response.headers[.wwwAuthenticate] = "Bearer" }
            return response
        } catch {
            return Response(status: .internalServerError)
        }
    }
}

extension ByteBuffer {
    /// `message` as one line of JSON, without a line end.
    init(json message: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(bytes: try encoder.encode(message))
    }
}

extension ControlError.Code {
    /// The status code of HTTP that says the same (RFC 9110).
    var status: HTTPResponse.Status {
        switch self {
        case .invalid: .badRequest
        case .notFound: .notFound
        case .conflict: .conflict
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .unavailable: .serviceUnavailable
        case .methodNotAllowed: .methodNotAllowed
        case .tooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .tooMany: .tooManyRequests
        case .timeout: .requestTimeout
        case .failed: .internalServerError
        }
    }
}

/// A message that a request's body holds.
protocol RequestMessage: Decodable {
    /// The fields that it may have; another one is a mistake that must not pass unseen.
    static var fields: [String] { get }
}

extension ExpressionText: RequestMessage {
    static var fields: [String] { ["expression"] }
}

extension SettingValue: RequestMessage {
    static var fields: [String] { ["value"] }
}

extension LoginRequest: RequestMessage {
    static var fields: [String] { ["name", "password", "service", "client"] }
}

extension PasswordChange: RequestMessage {
    static var fields: [String] { ["old", "new"] }
}

extension AccountRequest: RequestMessage {
    static var fields: [String] { ["name", "display_name", "role", "password"] }
}

extension AccountChange: RequestMessage {
    static var fields: [String] { ["display_name", "role", "enabled", "password"] }
}

extension TokenRequest: RequestMessage {
    static var fields: [String] { ["name", "scopes", "expires_seconds"] }
}

extension SettingsReversion: RequestMessage {
    static var fields: [String] { ["version", "dry_run"] }
}

extension SettingsApplication: RequestMessage {
    static var fields: [String] { ["text", "name", "dry_run"] }
}

extension DumpRequest: RequestMessage {
    static var fields: [String] {
        ["name", "expression", "max_size", "max_seconds", "max_packets", "snap_length", "ring", "replaces"]
    }
}

extension Request {
    /// The body as a message. Everything else than a JSON object with the right fields is a `ControlError` that says
    /// where it is wrong.
    func message<Message: RequestMessage>(_ limits: ControlLimits) async throws -> Message {
        guard isJSON else {
            throw ControlError(
                .unsupportedMediaType, "the body has to be JSON: send Content-Type: application/json")
        }
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limits.bodyBytes {
            throw Self.tooLarge(limits)
        }
        let body: ByteBuffer
        do {
            body = try await self.body.collect(upTo: limits.bodyBytes)
        } catch is NIOTooManyBytesError {
            throw Self.tooLarge(limits)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // The connection ended in the middle, or went on with something that is not HTTP.
            throw ControlError(.invalid, "the body broke off before its end")
        }
        do {
            let data = Data(body.readableBytesView)
            let decoder = JSONDecoder()
            let present = try decoder.decode(FieldNames.self, from: data).names
            if let unknown = present.first(where: { !Message.fields.contains($0) }) {
                throw ControlError(
                    .invalid,
                    "there is no field \"\(unknown)\" here; there are \(Message.fields.joined(separator: ", "))")
            }
            return try decoder.decode(Message.self, from: data)
        } catch let error as DecodingError {
            throw ControlError(.invalid, error.sentence)
        }
    }

    private static func tooLarge(_ limits: ControlLimits) -> ControlError {
        ControlError(
            .tooLarge,
            "the body may have \(limits.bodyBytes) bytes; many addresses belong into an address list of the settings")
    }

    /// Whether the body says that it is JSON, in UTF-8 if it says that much.
    private var isJSON: Bool {
        guard let type = headers[.contentType] else { return false }
        let parts = type.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
        return parts.first == "application/json" && parts.dropFirst().allSatisfy { $0 == "charset=utf-8" }
    }
}

/// The names of an object's fields, whatever they hold.
private struct FieldNames: Decodable {
    let names: [String]

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        names = try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue).sorted()
    }
}

extension DecodingError {
    /// What is wrong with a body, and where.
    var sentence: String {
        switch self {
        case .keyNotFound(let key, _): "the field \"\(key.stringValue)\" is missing"
        case .typeMismatch(_, let context) where context.codingPath.isEmpty: "the body has to be a JSON object"
        case .typeMismatch(let type, let context):
            "the field \"\(Self.place(context))\" has to be \(Self.name(of: type))"
        case .valueNotFound(let type, let context):
            "the field \"\(Self.place(context))\" has to be \(Self.name(of: type)), not null"
        case .dataCorrupted(let context) where context.codingPath.isEmpty: "the body is not JSON"
        case .dataCorrupted(let context): "the field \"\(Self.place(context))\" is out of its range"
        @unknown default: "the body is not what was expected"
        }
    }

    private static func place(_ context: Context) -> String {
        context.codingPath.map(\.stringValue).joined(separator: ".")
    }

    private static func name(of type: Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        default: "an object"
        }
    }
}
