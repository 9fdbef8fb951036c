/// How a value is written in the settings: read, shown, and described to people and to programs.
struct SettingFormat<Value: Sendable>: Sendable {
    /// What is expected, behind "write": "true or false".
    let wants: String
    /// Words that are meant where one is nearly written.
    var words: [String] = []
    /// Whether any text will do, so that one that is set needs no quotes.
    var isFreeText = false
    /// The value as JSON Schema.
    let schema: String
    /// The value, or what of the node is wrong.
    let read: @Sendable (YAMLNode, inout [FormatFault]) -> Value?
    /// The value as YAML on one line.
    let show: @Sendable (Value) -> String
    /// What differs where the value does, for a value that `show` does not tell: a secret.
    var identity: (@Sendable (Value) -> String)?
}

/// A part of a value that could not be read, and what is expected there.
struct FormatFault {
    var node: YAMLNode
    var wants: String
    var words: [String] = []
}

extension SettingFormat {
    /// A format for one text.
    init(
        _ wants: String, words: [String] = [], schema: String, parse: @escaping @Sendable (String) -> Value?,
        show: @escaping @Sendable (Value) -> String
    ) {
        self.init(
            wants: wants, words: words, schema: schema,
            read: { node, faults in
                if case .scalar(let text, _) = node.content, !node.isNothing, let value = parse(text) { return value }
                faults.append(FormatFault(node: node, wants: wants, words: words))
                return nil
            }, show: show)
    }

    /// A value, or a word for none.
    static func either<Some>(_ word: String, or other: SettingFormat<Some>) -> Self where Value == Some? {
        let wants = "\(other.wants), or \(word)"
        let words = other.words + [word]
        return SettingFormat(
            wants: wants, words: words, isFreeText: other.isFreeText,
            schema: #"{ "anyOf": [{ "const": "\#(word)" }, \#(other.schema)] }"#,
            read: { node, faults in
                if case .scalar(word, _) = node.content { return .some(nil) }
                var found: [FormatFault] = []
                if let value = other.read(node, &found) { return .some(value) }
                let whole = FormatFault(node: node, wants: wants, words: words)
                faults += found.map { $0.node.place == node.place ? whole : $0 }
                return nil
            }, show: { $0.map(other.show) ?? word })
    }

    /// Several values, each once; a single one need not stand in brackets.
    static func list<Element>(
        of element: SettingFormat<Element>, unique: @escaping @Sendable (Element) -> String
    ) -> Self where Value == [Element] {
        SettingFormat(
            wants: "a list: \(element.wants)",
            schema: #"{ "anyOf": [\#(element.schema), { "type": "array", "items": \#(element.schema) }] }"#,
            read: { node, faults in
                guard case .sequence(let nodes) = node.content else { return element.read(node, &faults).map { [$0] } }
                var values: [Element] = []
                var seen: Set<String> = []
                for node in nodes {
                    guard let value = element.read(node, &faults) else { continue }
                    if seen.insert(unique(value)).inserted {
                        values.append(value)
                    } else {
                        faults.append(FormatFault(node: node, wants: "each of them once"))
                    }
                }
                return values
            }, show: { values in "[\(values.map(element.show).joined(separator: ", "))]" })
    }
}

extension SettingFormat where Value == Bool {
    static var flag: Self {
        SettingFormat(
            wants: "true or false", schema: #"{ "type": "boolean" }"#,
            read: { node, faults in
                switch node.content {
                case .scalar("true", true): return true
                case .scalar("false", true): return false
                default:
                    faults.append(FormatFault(node: node, wants: "true or false"))
                    return nil
                }
            }, show: { "\($0)" })
    }
}

extension SettingFormat where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> Self {
        SettingFormat(
            "a number from \(range.lowerBound) to \(range.upperBound)",
            schema:
                #"{ "type": "integer", "minimum": \#(range.lowerBound), "maximum": \#(range.upperBound) }"#,
            parse: { text in
                guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(text) else { return nil }
                return range.contains(number) ? number : nil
            }, show: { "\($0)" })
    }
}

extension SettingFormat where Value == ByteSize {
    static func size(_ range: ClosedRange<ByteSize>, like example: String) -> Self {
        SettingFormat(
            "a size from \(range.lowerBound) to \(range.upperBound) with its unit, like \(example)",
            schema: #"{ "type": ["string", "integer"], "pattern": "^[0-9.]+ ?([kKMGT]i?)?B$" }"#,
            parse: { ByteSize(parsing: $0).flatMap { range.contains($0) ? $0 : nil } }, show: { $0.description })
    }
}

extension SettingFormat where Value == TimeSpan {
    static func time(_ range: ClosedRange<TimeSpan>, like example: String) -> Self {
        SettingFormat(
            "a time from \(range.lowerBound) to \(range.upperBound) with its unit (ms, s, min, h, d), like \(example)",
            schema: #"{ "type": "string", "pattern": "^[0-9.]+ ?(ms|s|min|h|d)$" }"#,
            parse: { TimeSpan(parsing: $0).flatMap { range.contains($0) ? $0 : nil } }, show: { $0.description })
    }
}

extension SettingFormat where Value == String {
    /// Any text.
    static func text(_ what: String) -> Self {
        var format = SettingFormat(
            what, schema: #"{ "type": "string", "minLength": 1 }"#, parse: { $0.isEmpty ? nil : $0 },
            show: { yamlScalar($0) })
        format.isFreeText = true
        return format
    }

    /// What people call something: one line, no quotes.
    static func name(_ what: String) -> Self {
        SettingFormat(
            "\(what): 1 to \(SettingsLimits.name) bytes without control characters and double quotes",
            schema: #"{ "type": "string", "minLength": 1, "pattern": "^[^\"\\x00-\\x1f\\x7f]+$" }"#,
            parse: { $0.isSettingsName ? $0 : nil }, show: { yamlScalar($0) })
    }
}

extension SettingFormat where Value: RawRepresentable<String> & CaseIterable {
    /// One of a few words.
    static var choice: Self {
        let words = Value.allCases.map(\.rawValue)
        // YAML takes a word like 5.1 for a number.
        let list = words.flatMap { word in Double(word) == nil ? [#""\#(word)""#] : [#""\#(word)""#, word] }
            .joined(separator: ", ")
        return SettingFormat(
            words.dropLast().joined(separator: ", ") + " or " + words.last!, words: words,
            schema: #"{ "enum": [\#(list)] }"#, parse: { Value(rawValue: $0) }, show: { $0.rawValue })
    }
}

extension String {
    /// Whether it can be the name of something: expressions can write it, and it stays in its line.
    var isSettingsName: Bool {
        !utf8.isEmpty && utf8.count <= SettingsLimits.name
            && utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") }
    }
}
