import ControlMessages
import HTTPTypes

/// The OpenAPI document of the routes (https://spec.openapis.org/oas/v3.1.0): made from the same rows that answer.
struct OpenAPIDocument {
    private let table: RouteTable
    private let version: String
    private var schemas = MessageSchemas()

    init(_ table: RouteTable, version: String) {
        self.table = table
        self.version = version
    }

    /// The document. Throws where a message does not tell how it looks.
    static func make(_ table: RouteTable, version: String) throws -> JSONValue {
        var document = OpenAPIDocument(table, version: version)
        return try document.value()
    }

    private mutating func value() throws -> JSONValue {
        var paths: [String: JSONValue] = [:]
        for route in table.routes {
            guard let document = route.document else { continue }
            var item: [String: JSONValue] = [:]
            if case .object(let others)? = paths[route.path] { item = others }
            item[route.method.rawValue.lowercased()] = try operation(route, document)
            paths[route.path] = .object(item)
        }
        let refusal = try schemas.schema(of: ControlError.self)
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Gatelog", "version": .text(version),
                "description": """
                The API of gatelogd on its unix socket. Sizes are bytes, times RFC 3339; what is not known is left out; a \
                later version may add fields to what is answered.
                """,
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": "http://gatelog", "description": "run/api.sock under the daemon's home"]],
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas.components),
                "responses": [
                    "Refusal": [
                        "description": "Why it was refused, for people and for programs",
                        "content": ["application/json": ["schema": refusal]],
                    ]
                ],
            ],
        ]
    }

    private mutating func operation(_ route: Route, _ document: RouteDocument) throws -> JSONValue {
        var operation: [String: JSONValue] = [
            "operationId": .text(Self.identifier(of: route)),
            "summary": .text(document.summary),
            "tags": [.text(Self.tag(of: route))],
            "responses": try responses(document.answer),
            "x-gatelog-needs": .text(Self.need(of: route)),
        ]
        let parameters = Self.pathParameters(route.path) + document.query.map(Self.parameter)
        if !parameters.isEmpty { operation["parameters"] = .list(parameters) }
        if let request = document.request {
            operation["requestBody"] = [
                "required": true, "content": ["application/json": ["schema": try schemas.schema(of: request)]],
            ]
        }
        return .object(operation)
    }

    private mutating func responses(_ answer: AnswerDocument) throws -> JSONValue {
        var responses: [String: JSONValue] = ["default": ["$ref": "#/components/responses/Refusal"]]
        switch answer {
        case .nothing: responses["204"] = ["description": "Done"]
        case .json(let message, let status):
            responses["\(status)"] = [
                "description": status == 201 ? "Made" : "The answer",
                "content": ["application/json": ["schema": try schemas.schema(of: message)]],
            ]
        case .events(let name, let message):
            let schema = try schemas.schema(of: message)
            responses["200"] = [
                "description": .text("Server-sent events `\(name)`; the data of each is one message"),
                "content": ["text/event-stream": ["schema": ["type": "string"]]],
                "x-gatelog-event": schema,
            ]
        case .text(let type):
            responses["200"] = [
                "description": "The answer", "content": .object([type: ["schema": ["type": "string"]]]),
            ]
        case .file(let type):
            responses["200"] = ["description": "The file", "content": .object([type: [:]])]
        }
        return .object(responses)
    }

    private static func parameter(_ parameter: ParameterDocument) -> JSONValue {
        let schema: JSONValue = ["type": .text(parameter.kind.rawValue)]
        return [
            "name": .text(parameter.name), "in": "query", "description": .text(parameter.meaning),
            "schema": parameter.isRepeated ? ["type": "array", "items": schema] : schema,
        ]
    }

    private static func pathParameters(_ path: String) -> [JSONValue] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment in
            [
                "name": .text(String(segment.dropFirst().dropLast())), "in": "path", "required": true,
                "schema": ["type": "string"],
            ]
        }
    }

    /// "getDumpsNameFile".
    private static func identifier(of route: Route) -> String {
        let words = route.path.split { "/{}-._".contains($0) }.filter { $0 != "v1" }
        return route.method.rawValue.lowercased() + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static func need(of route: Route) -> String {
        switch route.need {
        case .scope(let scope): scope.rawValue
        case .known: "known"
        case .door: "door"
        }
    }

    /// What the route is about: the first word of its path.
    private static func tag(of route: Route) -> String {
        route.path.split(separator: "/").first { $0 != "v1" }.map { String($0) } ?? ""
    }
}
