import ControlMessages

/// What a route tells of itself, for the OpenAPI document: everything but what follows from its method and path.
struct RouteDocument: Sendable {
    /// A few words; no full stop.
    var summary: String
    var answer: AnswerDocument
    /// The message that the request's body holds.
    var request: (any (RequestMessage & Sendable).Type)?
    var query: [ParameterDocument]
}

/// What a route answers where it does not refuse.
enum AnswerDocument: Sendable {
    /// 204.
    case nothing
    case json(any (Decodable & Sendable).Type, status: Int = 200)
    /// Server-sent events of that name, each with a message as its data.
    case events(String, any (Decodable & Sendable).Type)
    case text(String)
    /// Bytes of that media type.
    case file(String)

    static func created(_ message: any (Decodable & Sendable).Type) -> AnswerDocument { .json(message, status: 201) }

    /// A list, as all lists travel.
    static func list<Item: Codable & Sendable>(of item: Item.Type) -> AnswerDocument { .json(Listing<Item>.self) }
}

/// A parameter of a URL's query.
struct ParameterDocument: Sendable {
    var name: String
    /// What it means, in a sentence.
    var meaning: String
    var kind: Kind
    var isRepeated = false

    enum Kind: String, Sendable {
        case string, integer, number, boolean
    }

    static func text(_ name: String, _ meaning: String, repeated: Bool = false) -> ParameterDocument {
        ParameterDocument(name: name, meaning: meaning, kind: .string, isRepeated: repeated)
    }

    static func integer(_ name: String, _ meaning: String) -> ParameterDocument {
        ParameterDocument(name: name, meaning: meaning, kind: .integer)
    }

    static func number(_ name: String, _ meaning: String) -> ParameterDocument {
        ParameterDocument(name: name, meaning: meaning, kind: .number)
    }

    static func flag(_ name: String, _ meaning: String) -> ParameterDocument {
        ParameterDocument(name: name, meaning: meaning, kind: .boolean)
    }
}

extension Route {
    /// The route with what the OpenAPI document says of it; a test finds those that lack it.
    func documented(
        _ summary: String, _ answer: AnswerDocument, takes request: (any (RequestMessage & Sendable).Type)? = nil,
        query: [ParameterDocument] = []
    ) -> Route {
        var route = self
        route.document = RouteDocument(summary: summary, answer: answer, request: request, query: query)
        return route
    }
}
