/// How every list travels: an object, so that there is room beside the items for what a later version adds.
public struct Listing<Item: Codable & Sendable>: Codable, Sendable {
    public var items: [Item]

    public init(_ items: [Item]) { self.items = items }
}

/// An expression to be set or explained.
public struct ExpressionText: Codable, Hashable, Sendable {
    public var expression: String

    public init(_ expression: String) { self.expression = expression }
}

/// A value for a key of the settings: YAML, as it would stand behind the key in the file.
public struct SettingValue: Codable, Hashable, Sendable {
    public var value: String

    public init(_ value: String) { self.value = value }
}
