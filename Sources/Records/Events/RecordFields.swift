import Primitives

/// The members of a record that is no packet and no connection, as they go into the index beside its line and into
/// JSON: short texts under the names of the record.
public struct RecordFields: Hashable, Sendable {
    /// Members at most; further ones are left out.
    public static var limit: Int { 32 }
    /// Bytes of a value; a longer one is cut.
    public static var longestValue: Int { 4096 }

    public private(set) var items: [(name: String, value: String)] = []

    public init() {}

    public var isEmpty: Bool { items.isEmpty }

    /// Adds a member. `name` is one of the record's: letters and `_`.
    public mutating func add(_ name: String, _ value: String) {
        guard items.count < Self.limit else { return }
        let isLong = value.utf8.count > Self.longestValue
        let kept = isLong ? String(decoding: value.utf8.prefix(Self.longestValue), as: UTF8.self) + "..." : value
        items.append((name, kept))
    }

    public static func == (one: Self, other: Self) -> Bool {
        one.items.elementsEqual(other.items) { $0 == $1 }
    }

    public func hash(into hasher: inout Hasher) {
        for item in items {
            hasher.combine(item.name)
            hasher.combine(item.value)
        }
    }
}
