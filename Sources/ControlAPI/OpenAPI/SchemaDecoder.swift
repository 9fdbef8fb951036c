/// Answers everything that a message asks for while it reads itself, and notes what that was.
final class SchemaDecoder: Decoder {
    var schemas: MessageSchemas
    var isObject = false
    var properties: [String: JSONValue] = [:]
    var required: Set<String> = []
    /// What a message asked for that is no object.
    var single: JSONValue?

    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    init(_ schemas: MessageSchemas) { self.schemas = schemas }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        isObject = true
        return KeyedDecodingContainer(Keyed(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw MessageSchemas.Failure(description: "a list without a type of its own")
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { Single(decoder: self) }

    /// A made-up value of `type`, noted under `name`.
    fileprivate func note<Value: Decodable>(_ type: Value.Type, as name: String, required: Bool) throws -> Value {
        let (value, schema) = try schemas.value(type)
        properties[name] = schema
        if required { self.required.insert(name) }
        return value
    }

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let decoder: SchemaDecoder
        let codingPath: [any CodingKey] = []
        let allKeys: [Key] = []

        func contains(_ key: Key) -> Bool { true }

        func decodeNil(forKey key: Key) -> Bool { false }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try decoder.note(type, as: key.stringValue, required: true)
        }

        func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
            _ = try decoder.note(type, as: key.stringValue, required: false)
            return nil
        }

        // The protocol has a requirement for each plain type besides the generic one.
        func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try absent(type, key) }
        func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try absent(type, key) }
        func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try absent(type, key) }
        func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try absent(type, key) }
        func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { try absent(type, key) }
        func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try absent(type, key) }
        func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? { try absent(type, key) }
        func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? { try absent(type, key) }
        func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? { try absent(type, key) }
        func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { try absent(type, key) }

        private func absent<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
            _ = try decoder.note(type, as: key.stringValue, required: false)
            return nil
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> {
            throw MessageSchemas.Failure(description: "\(key.stringValue): an object without a type of its own")
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            throw MessageSchemas.Failure(description: "\(key.stringValue): a list without a type of its own")
        }

        func superDecoder() -> any Decoder { decoder }

        func superDecoder(forKey key: Key) -> any Decoder { decoder }
    }

    private struct Single: SingleValueDecodingContainer {
        let decoder: SchemaDecoder
        let codingPath: [any CodingKey] = []

        func decodeNil() -> Bool { false }

        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            let (value, schema) = try decoder.schemas.value(type)
            decoder.single = schema
            return value
        }
    }
}
