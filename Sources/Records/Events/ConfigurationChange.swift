import Primitives

/// A change that somebody made, as the Config log has it.
public struct ConfigurationChange: Hashable, Sendable {
    public var who: String
    /// An address, or the socket and the process behind it.
    public var from: String
    /// A setting's key, or what was done: "dump office".
    public var path: String
    /// nil where there was, or is, nothing.
    public var old: String?
    public var new: String?

    /// Bytes of a value in a line; a longer one is cut, and says how long it is.
    /// - Limit: a value in a line of the Config log | bytes | cut, and said
    public static var longestValue: Int { 1024 }

    public init(who: String, from: String, path: String, old: String?, new: String?) {
        self.who = who
        self.from = from
        self.path = path
        self.old = old
        self.new = new
    }

    /// `jane (unix socket, pid 4711) changed logs.debug.keep: 30 -> 60`; what is absent is `(none)`. A name with signs
    /// that part such a line stands in quotes: who fails to log in chooses his name himself.
    public var text: String {
        "\(Self.name(who)) (\(from)) changed \(path): \(Self.value(old)) -> \(Self.value(new))"
    }

    /// The members of the record beside time and kind.
    public var fields: RecordFields {
        var fields = RecordFields()
        fields.add("who", who)
        fields.add("from", from)
        fields.add("path", path)
        if let old { fields.add("old", old) }
        if let new { fields.add("new", new) }
        return fields
    }

    private static func name(_ name: String) -> String {
        let short = cut(name, 255)
        guard short.utf8.contains(where: { "()\":".utf8.contains($0) }) else { return short }
        return String(appending: { buffer in
            buffer.append(UInt8(ascii: "\""))
            buffer.append(escaping: short, quote: UInt8(ascii: "\""))
            buffer.append(UInt8(ascii: "\""))
        })
    }

    private static func value(_ value: String?) -> String { value.map { cut($0, longestValue) } ?? "(none)" }

    private static func cut(_ text: String, _ longest: Int) -> String {
        let bytes = text.utf8
        guard bytes.count > longest else { return text }
        return String(decoding: bytes.prefix(longest), as: UTF8.self) + "... (\(bytes.count) bytes)"
    }
}
