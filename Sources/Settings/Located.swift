/// Which text a value of the settings stands in.
public enum SettingsLayer: UInt8, Hashable, Comparable, Sendable {
    /// The administrator's file, which nobody else writes.
    case file
    /// What was changed from the page and the command line, over the file.
    case changes
    /// A value that someone wants to set just now.
    case value

    public static func < (left: SettingsLayer, right: SettingsLayer) -> Bool { left.rawValue < right.rawValue }
}

/// Where something stands in the settings.
public struct SettingsPlace: Hashable, Comparable, Sendable {
    public var layer: SettingsLayer
    /// From 1.
    public var line: Int
    /// In characters, from 1.
    public var column: Int

    public init(line: Int, column: Int, in layer: SettingsLayer = .file) {
        self.layer = layer
        self.line = line
        self.column = column
    }

    public static func < (left: SettingsPlace, right: SettingsPlace) -> Bool {
        (left.layer, left.line, left.column) < (right.layer, right.line, right.column)
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

/// A value that is always there: written somewhere, or the default.
public struct Setting<Value> {
    public internal(set) var value: Value
    /// Where it is written; nil for a default.
    public internal(set) var place: SettingsPlace?

    /// A default.
    init(_ value: Value) { self.value = value }

    /// The value where somebody wrote it.
    public var written: Located<Value>? { place.map { Located(value, at: $0) } }
}

extension Setting: Sendable where Value: Sendable {}
extension Setting: Equatable where Value: Equatable {}
