/// JSON Schemas of messages, made by letting each message read itself from a decoder that has an answer to everything
/// and notes what it was asked for: nobody writes a schema, and none can differ from what the program reads.
struct MessageSchemas {
    /// Schemas of messages with a name, under which others refer to them.
    private(set) var components: [String: JSONValue] = [:]

    /// A message that does not read itself from made-up values.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// The schema of `type`, a reference where it has a name.
    mutating func schema(of type: any Decodable.Type) throws -> JSONValue { try open(type) }

    private mutating func open<Message: Decodable>(_ type: Message.Type) throws -> JSONValue {
        try value(type).schema
    }

    /// A made-up value and its schema.
    mutating func value<Value: Decodable>(_ type: Value.Type) throws -> (value: Value, schema: JSONValue) {
        let (value, schema) = try make(type)
        guard let made = value as? Value else { throw Failure(description: "\(type): made a \(value)") }
        return (made, schema)
    }

    private mutating func make<Value: Decodable>(_ type: Value.Type) throws -> (Any, JSONValue) {
        switch type {
        case is String.Type: return ("", ["type": "string"])
        case is Bool.Type: return (false, ["type": "boolean"])
        case is Double.Type: return (0.0, ["type": "number"])
        case let integer as any FixedWidthInteger.Type: return (Self.zero(integer), Self.schema(of: integer))
        case let choice as any (CaseIterable & RawRepresentable).Type:
            return try self.choice(choice)
        case let container as any MessageContainer.Type: return try container.madeUp(&self)
        default: return try message(type)
        }
    }

    private static func zero<Number: FixedWidthInteger>(_ type: Number.Type) -> Any { Number.zero }

    private static func schema<Number: FixedWidthInteger>(of type: Number.Type) -> JSONValue {
        Number.isSigned ? ["type": "integer"] : ["type": "integer", "minimum": 0]
    }

    private mutating func choice<Choice: CaseIterable & RawRepresentable>(
        _ type: Choice.Type
    ) throws -> (Any, JSONValue) {
        let words = Choice.allCases.compactMap { $0.rawValue as? String }
        guard let first = Choice.allCases.first, words.count == Choice.allCases.count else {
            throw Failure(description: "\(type): its cases have to be texts")
        }
        let name = Self.name(of: type)
        components[name] = ["type": "string", "enum": .list(words.map(JSONValue.text))]
        return (first, Self.reference(name))
    }

    private mutating func message<Message: Decodable>(_ type: Message.Type) throws -> (Any, JSONValue) {
        let decoder = SchemaDecoder(self)
        let message: Message
        do {
            message = try Message(from: decoder)
        } catch {
            throw Failure(
                description: """
                    \(type) does not read itself from made-up values (\(error)); where it is a choice of words, make it \
                    CaseIterable
                    """)
        }
        self = decoder.schemas
        guard decoder.isObject else { return (message, decoder.single ?? [:]) }
        let name = Self.name(of: type)
        var schema: [String: JSONValue] = ["type": "object", "properties": .object(decoder.properties)]
        if !decoder.required.isEmpty { schema["required"] = .list(decoder.required.sorted().map(JSONValue.text)) }
        components[name] = .object(schema)
        return (message, Self.reference(name))
    }

    private static func reference(_ name: String) -> JSONValue { ["$ref": .text("#/components/schemas/\(name)")] }

    /// "DumpState", "DumpStatePhase", "ListingOfDumpState": the type's name without its module.
    static func name(of type: Any.Type) -> String {
        let types = String(reflecting: type).split { "<>".contains($0) }
        return types.map { $0.split(separator: ".").dropFirst().joined() }.joined(separator: "Of")
    }
}

/// A container of the standard library that holds messages.
protocol MessageContainer {
    static func madeUp(_ schemas: inout MessageSchemas) throws -> (Any, JSONValue)
}

extension Array: MessageContainer where Element: Decodable {
    static func madeUp(_ schemas: inout MessageSchemas) throws -> (Any, JSONValue) {
        ([Element](), ["type": "array", "items": try schemas.schema(of: Element.self)])
    }
}

extension Dictionary: MessageContainer where Key == String, Value: Decodable {
    static func madeUp(_ schemas: inout MessageSchemas) throws -> (Any, JSONValue) {
        ([String: Value](), ["type": "object", "additionalProperties": try schemas.schema(of: Value.self)])
    }
}
