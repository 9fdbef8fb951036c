import Primitives

/// A part of the settings that is a map of fixed keys: each key is one row of its table, and everything that is known
/// of a key (how it is read, its default, its meaning) stands there.
protocol SettingsSection: Sendable {
    static var rows: [SettingRow<Self>] { get }
}

extension SettingsSection {
    /// Whether any text will do at a path of keys from here on.
    static func isFreeText(_ path: ArraySlice<String>) -> Bool {
        guard let row = rows.first(where: { $0.key == path.first }) else { return false }
        return row.isFreeText(path.dropFirst())
    }

    /// Every key of the section and below it, with what is written there and what it means: for the manual.
    static var reference: [(path: [String], wants: String?, meaning: String)] {
        rows.flatMap { row in [([row.key], row.wants, row.meaning)] + row.inner() }
    }
}

/// A key of a section.
struct SettingRow<Section>: Sendable {
    let key: String
    /// For the schema and the manual: what it is.
    let meaning: String
    /// What is written there: "true or false"; nil where a section stands.
    let wants: String?
    /// The keys of the section that stands there.
    let inner: @Sendable () -> [(path: [String], wants: String?, meaning: String)]
    /// The value of the key as JSON Schema, further lines indented.
    let schema: @Sendable (_ indent: String) -> String
    let read: @Sendable (inout FaultList, YAMLNode, inout Section) -> Void
    /// Whether any text will do at a path from here on.
    let isFreeText: @Sendable (ArraySlice<String>) -> Bool
    /// The values at this key and below it.
    let values: @Sendable (Section) -> [SettingValue]

    /// A key with a value of its own.
    init<Value>(
        _ key: String, _ path: any WritableKeyPath<Section, Setting<Value>> & Sendable, _ format: SettingFormat<Value>,
        _ meaning: String
    ) {
        self.key = key
        self.meaning = meaning
        wants = format.wants
        inner = { [] }
        schema = { _ in format.schema }
        isFreeText = { $0.isEmpty && format.isFreeText }
        read = { faults, node, section in
            if let value = faults.read(node, format, of: key) {
                section[keyPath: path].value = value
                section[keyPath: path].place = node.place
            }
        }
        values = { section in
            let setting = section[keyPath: path]
            return [
                SettingValue(
                    path: [key], text: format.show(setting.value), place: setting.place,
                    identity: format.identity?(setting.value))
            ]
        }
    }

    /// A key whose value is a section.
    init<Inner: SettingsSection>(
        _ key: String, section path: any WritableKeyPath<Section, Inner> & Sendable, _ meaning: String
    ) {
        self.key = key
        self.meaning = meaning
        wants = nil
        inner = { Inner.reference.map { ([key] + $0.path, $0.wants, $0.meaning) } }
        schema = { Inner.schema($0) }
        isFreeText = { Inner.isFreeText($0) }
        read = { faults, node, section in
            faults.read(node, rows: Inner.rows, of: key, into: &section[keyPath: path])
        }
        values = { section in
            Inner.rows.flatMap { $0.values(section[keyPath: path]) }.map { value in
                SettingValue(
                    path: [key] + value.path, text: value.text, place: value.place, identity: value.identity)
            }
        }
    }
}

/// One value as it is listed.
struct SettingValue {
    var path: [String]
    /// YAML on one line.
    var text: String
    /// Nil for a default.
    var place: SettingsPlace?
    /// What differs where a value does that is not shown.
    var identity: String?
}

extension FaultList {
    /// A section: the rows' keys, and a complaint for every other.
    mutating func read<Section>(
        _ node: YAMLNode, rows: [SettingRow<Section>], of name: String, into section: inout Section
    ) {
        for pair in mapping(node, name) {
            if let row = rows.first(where: { $0.key == pair.key.value }) {
                row.read(&self, pair.value, &section)
            } else {
                unknown(pair.key, in: name, among: rows.map(\.key))
            }
        }
    }

    /// A value; nil after saying what is wrong with it.
    mutating func read<Value>(_ node: YAMLNode, _ format: SettingFormat<Value>, of key: String) -> Value? {
        var found: [FormatFault] = []
        let value = format.read(node, &found)
        for fault in found {
            if case .refused = fault.node.content { continue }
            var meant = ""
            if case .scalar(let text, _) = fault.node.content {
                meant = DidYouMean.phrase(DidYouMean.nearest(to: text, among: fault.words))
            }
            add(at: fault.node.place, "\(fault.node.summary) for \(key); write \(fault.wants)\(meant)")
        }
        return found.isEmpty ? value : nil
    }

    /// The pairs of a map; none where nothing stands there.
    mutating func mapping(_ node: YAMLNode, _ what: String) -> [YAMLPair] {
        switch node.content {
        case .mapping(let pairs): return pairs
        case .scalar, .sequence:
            if !node.isNothing {
                add(at: node.place, "\(node.summary) in place of \(what); write lines of \"name: value\"")
            }
            return []
        case .refused: return []
        }
    }

    mutating func unknown(_ key: Located<String>, in place: String, among names: [String]) {
        add(at: key.place, "there is no \(quoted(key.value)) in \(place)\(remedy(key.value, "there are", names))")
    }
}

/// What was probably meant, else all that there is.
func remedy(_ word: String, _ introduction: String, _ names: [String]) -> String {
    let nearest = DidYouMean.nearest(to: word, among: names)
    return nearest.isEmpty ? "; \(introduction) \(names.joined(separator: ", "))" : DidYouMean.phrase(nearest)
}
