import Primitives

/// The way to a value: `logs.debug.keep`, `interfaces."Branch office".kind`.
public struct SettingsKey: Hashable, Sendable, CustomStringConvertible {
    /// Names from the first level down; at least one.
    public let path: [String]

    init(path: [String]) { self.path = path }

    /// Reads names with dots between; one with dots, blanks or quotes in it stands in double quotes, where `\"` and
    /// `\\` are the two signs themselves.
    public init(parsing text: String) throws(SettingsKeyError) {
        guard text.utf8.count <= Self.longest else {
            throw SettingsKeyError(
                key: text, "a key of \(text.utf8.count) bytes; there is none longer than \(Self.longest)")
        }
        var path: [String] = []
        var rest = Substring(text).unicodeScalars
        repeat {
            if !path.isEmpty { rest.removeFirst() }
            path.append(rest.first == "\"" ? try Self.quotedName(&rest, of: text) : Self.plainName(&rest))
            guard path.last != "", path.count <= Self.deepest else {
                throw SettingsKeyError(
                    key: text, "a key is names with dots between, at most \(Self.deepest), as in logs.debug.keep")
            }
        } while rest.first == "."
        guard rest.isEmpty else {
            throw SettingsKeyError(
                key: text, "\(quoted(String(rest))) where a dot was expected; a name with other signs goes in quotes")
        }
        self.path = path
    }

    /// As `init(parsing:)` reads it.
    public var description: String {
        path.map { name in
            guard name.unicodeScalars.allSatisfy(Self.isPlain), !name.isEmpty else {
                return "\"" + name.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined() + "\""
            }
            return name
        }.joined(separator: ".")
    }

    private static let longest = 4096
    private static let deepest = 16

    private static func plainName(_ rest: inout Substring.UnicodeScalarView) -> String {
        let name = rest.prefix(while: isPlain)
        rest = rest.dropFirst(name.count)
        return String(name)
    }

    private static func quotedName(
        _ rest: inout Substring.UnicodeScalarView, of text: String
    ) throws(SettingsKeyError) -> String {
        var name = String.UnicodeScalarView()
        rest.removeFirst()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return String(name)
            case "\\": if let escaped = rest.popFirst() { name.append(escaped) }
            default: name.append(scalar)
            }
        }
        throw SettingsKeyError(key: text, "a name in quotes that never ends; close the quotes")
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "-" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
}

/// A key that is none, or that nothing stands at.
public struct SettingsKeyError: Error, Hashable, Sendable, CustomStringConvertible {
    public var key: String
    public var message: String

    init(key: String, _ message: String) {
        self.key = key
        self.message = message
    }

    public var description: String { "\(quoted(key)): \(message)" }
}
