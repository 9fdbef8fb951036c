/// Why something was refused, for people and for programs. In JSON `{"code": "not_found", "message": "..."}`.
public struct ControlError: Error, Codable, Hashable, Sendable, CustomStringConvertible {
    /// What kind of refusal it is; the API makes its status code of it.
    public enum Code: String, Codable, Hashable, Sendable, CaseIterable {
        /// The request itself is wrong: a broken expression, a value out of its range.
        case invalid
        /// What was named is not there.
        case notFound = "not_found"
        /// It is there already, or in a state that does not allow it.
        case conflict
        /// Nobody knows who asks: a wrong password, a token that is worth nothing.
        case unauthenticated
        /// The caller may not.
        case forbidden
        /// The engine cannot just now: a full disk, a source that is gone.
        case unavailable

        /// The API alone: the path is right, and not for this method.
        case methodNotAllowed = "method_not_allowed"
        /// The API alone: the body is longer than it takes.
        case tooLarge = "too_large"
        /// The API alone: the body is not JSON, or does not say that it is.
        case unsupportedMediaType = "unsupported_media_type"
        /// The API alone: as many followers as it serves are there already.
        case tooMany = "too_many"
        /// The API alone: the request did not arrive or was not answered in time.
        case timeout
        /// The API alone: something failed that should not; the daemon's own log says what.
        case failed
    }

    public var code: Code
    /// What is wrong and what to do, as a person reads it; may have several lines (an expression drawn with its carets).
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

/// Who asks for a change.
public struct ControlActor: Codable, Hashable, Sendable {
    /// A user's name, or "uid 1000" where it has none.
    public var name: String
    /// "unix socket, pid 4711", later an address.
    public var from: String

    public init(name: String, from: String) {
        self.name = name
        self.from = from
    }
}
