import Primitives

/// One thing that is wrong in a settings file or in a file that it names.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// As the caller named it.
    public var file: String
    public var place: SettingsPlace
    /// What was found, what was expected, what to do.
    public var message: String

    public init(file: String, at place: SettingsPlace, _ message: String) {
        self.file = file
        self.place = place
        self.message = message
    }

    /// `gatelog.yaml:4:11: ...`.
    public var description: String {
        "\(String(appending: { $0.append(escaping: file) })):\(place.line):\(place.column): \(message)"
    }
}

/// Everything that is wrong in the settings, in the order of the files.
public struct SettingsErrors: Error, Hashable, Sendable, CustomStringConvertible {
    public var errors: [SettingsError]
    /// Errors beyond `SettingsLimits.errors`, which were counted only.
    public var omitted: Int

    public init(errors: [SettingsError], omitted: Int = 0) {
        self.errors = errors
        self.omitted = omitted
    }

    /// One error a line.
    public var description: String {
        var lines = errors.map(\.description)
        if omitted > 0 { lines.append("and \(omitted) more like these; mend the first ones and look again") }
        return lines.joined(separator: "\n")
    }
}

/// Bounds of what is read, each an error with its place.
public enum SettingsLimits {
    /// Bytes of a settings file.
    /// - Limit: a settings file | bytes | an error with line and column
    public static let bytes = 16 << 20
    /// Levels of lists and maps in each other; the settings need five.
    /// - Limit: nesting of the settings | levels | an error with line and column
    public static let nesting = 32
    /// Values and keys in a settings file; long lists of addresses belong into files of their own.
    /// - Limit: values and keys of the settings |  | an error with line and column
    public static let values = 1_000_000
    /// Errors that are told of one file.
    /// - Limit: errors told of one settings file |  | a line says that there are more
    public static let errors = 50
    /// Bytes of a name.
    /// - Limit: a name in the settings | bytes | an error with line and column
    public static let name = 255
    /// Ranges in all groups together once nested groups stand in each other.
    /// - Limit: ranges in all address groups |  | an error
    public static let ranges = 16_000_000
}

/// What the texts of the settings are called in messages.
struct SettingsSources: Hashable, Sendable {
    /// The administrator's file.
    var file: String
    /// The changes over it.
    var changes = ""
    /// The key that is about to be set.
    var value = ""

    func name(of layer: SettingsLayer) -> String {
        switch layer {
        case .file: file
        case .changes: changes
        case .value: value
        }
    }
}

/// Errors as they are found, bounded.
struct FaultList {
    let sources: SettingsSources
    private var found: [(place: SettingsPlace, message: String)] = []
    private var omitted = 0

    init(_ sources: SettingsSources) { self.sources = sources }

    init(file: String) { self.init(SettingsSources(file: file)) }

    var isEmpty: Bool { found.isEmpty }

    mutating func add(at place: SettingsPlace, _ message: @autoclosure () -> String) {
        guard found.count < SettingsLimits.errors else {
            omitted += 1
            return
        }
        found.append((place, message()))
    }

    mutating func add(_ fault: YAMLFault) { add(at: fault.place, fault.message) }

    /// Throws what was found.
    func check() throws(SettingsErrors) {
        if let errors { throw errors }
    }

    /// In the order of the texts, however it was found; nil where nothing is wrong.
    var errors: SettingsErrors? {
        if isEmpty { return nil }
        let errors = found.sorted { $0.place < $1.place }.map { fault in
            SettingsError(file: sources.name(of: fault.place.layer), at: fault.place, fault.message)
        }
        return SettingsErrors(errors: errors, omitted: omitted)
    }
}

/// What a message quotes of a file: made harmless, and short.
func quoted(_ text: String) -> String {
    let longest = 60
    let shown = text.unicodeScalars.count > longest ? String(text.unicodeScalars.prefix(longest)) + "..." : text
    return "\"\(String(appending: { $0.append(escaping: shown) }))\""
}
