/// Where something stands in the settings file.
public struct SettingsPlace: Hashable, Comparable, Sendable {
    /// From 1.
    public var line: Int
    /// In characters, from 1.
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (left: SettingsPlace, right: SettingsPlace) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A value with its place, so that whoever finds it wrong later can point at it.
public struct Located<Value> {
    public var value: Value
    public var place: SettingsPlace

    public init(_ value: Value, at place: SettingsPlace) {
        self.value = value
        self.place = place
    }
}

extension Located: Sendable where Value: Sendable {}
extension Located: Equatable where Value: Equatable {}
extension Located: Hashable where Value: Hashable {}
