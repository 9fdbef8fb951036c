import Primitives

/// Who changed something, when and from where.
public struct SettingsChangeNote: Hashable, Sendable {
    /// A user's name.
    public var who: String
    /// RFC 3339.
    public var when: String
    /// "unix socket, pid 4711".
    public var from: String
    /// The version that a value came with; nil where that is not known.
    public var version: Int?

    public init(who: String, when: String, from: String, version: Int? = nil) {
        self.who = who
        self.when = when
        self.from = from
        self.version = version
    }
}

/// One change of the upper layer.
public enum SettingsChange: Hashable, Sendable {
    /// A value as YAML, as it would stand behind the key in the file. Where any text will do (an expression, a
    /// template), what does not begin with a quote is that text: a `#` in it is no comment, a `!` no tag.
    case set(SettingsKey, yaml: String)
    /// A text as it is, whatever it would mean in YAML: an expression.
    case setText(SettingsKey, String)
    /// What was changed at the key, or below it, is forgotten: the administrator's value holds again, or the default.
    case unset(SettingsKey)

    public var key: SettingsKey {
        switch self {
        case .set(let key, _), .setText(let key, _), .unset(let key): key
        }
    }

    /// "set logs.debug.keep", "unset logs.debug.keep".
    var summary: String {
        if case .unset(let key) = self { "unset \(key)" } else { "set \(key)" }
    }
}

/// What a version of the changes says of itself in its first and last lines.
public struct SettingsVersionHeader: Hashable, Sendable {
    /// The form of the file; a newer program may write a higher one.
    public var format: Int
    public var version: Int
    public var note: SettingsChangeNote
    /// "set logs.debug.keep".
    public var what: String
    /// Whether the file is there to its end.
    public var isWhole: Bool
}

/// The text of the changes: settings like the administrator's, with who made each as a comment behind it.
public enum SettingsChanges {
    /// The form that this program writes; it reads all up to it.
    public static let format = 1

    private static let title = "# gatelog settings changes, format "

    /// The text of a version: `root` is what was changed, and `note` says who changed what stands at a place.
    static func text(
        _ root: YAMLNode?, version: Int, what: String, by note: SettingsChangeNote,
        notes: (SettingsPlace) -> SettingsChangeNote?
    ) -> [UInt8] {
        var text = """
            \(title)\(format)
            # Made from the page and the command line; it stands over gatelog.yaml, which is never written.
            # Do not edit: `gatelog settings set KEY VALUE`, `unset KEY`, `apply FILE` and `revert N` make the next version.
            # version: \(version)
            # when: \(comment(note.when))
            # who: \(comment(note.who))
            # from: \(comment(note.from))
            # what: \(comment(what))

            """
        if let root { append(root, indent: "", notes, to: &text) }
        text += "# end of version \(version)\n"
        return Array(text.utf8)
    }

    private static func append(
        _ node: YAMLNode, indent: String, _ notes: (SettingsPlace) -> SettingsChangeNote?, to text: inout String
    ) {
        guard case .mapping(let pairs) = node.content else { return }
        for pair in pairs {
            text += "\(indent)\(yamlScalar(pair.key.value)):"
            if case .mapping(let inner) = pair.value.content, !inner.isEmpty {
                text += "\n"
                append(pair.value, indent: indent + "  ", notes, to: &text)
            } else {
                text += " \(pair.value.oneLine)"
                if let note = notes(pair.value.place) {
                    text += "  # \(field(note.who)), \(field(note.when)), \(field(note.from))"
                    if let version = note.version { text += ", \(version)" }
                }
                text += "\n"
            }
        }
    }

    /// The comments behind values, by their lines (from 1).
    static func notes(in bytes: [UInt8]) -> [Int: SettingsChangeNote] {
        var notes: [Int: SettingsChangeNote] = [:]
        for (index, line) in String(decoding: bytes, as: UTF8.self).utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        ).enumerated() where line.first != UInt8(ascii: "#") {
            guard let sign = line.lastIndex(of: UInt8(ascii: "#")) else { continue }
            let text = String(Substring(line[line.index(after: sign)...]))
            let fields = text.split(separator: ", ", maxSplits: 3, omittingEmptySubsequences: false)
            guard fields.count >= 3 else { continue }
            notes[index + 1] = SettingsChangeNote(
                who: unescaped(fields[0].drop { $0 == " " }), when: unescaped(fields[1]), from: unescaped(fields[2]),
                version: fields.count > 3 ? Int(fields[3]) : nil)
        }
        return notes
    }

    /// What a version says of itself; nil where the first line is not that of one.
    public static func header(of bytes: [UInt8]) -> SettingsVersionHeader? {
        let lines = String(decoding: bytes, as: UTF8.self).utf8.split(separator: UInt8(ascii: "\n"))
            .map { String(Substring($0)) }
        guard let first = lines.first, first.hasPrefix(title), let format = Int(first.dropFirst(title.count)) else {
            return nil
        }
        var fields: [String: String] = [:]
        for line in lines.dropFirst().prefix(while: { $0.hasPrefix("#") }) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon].dropFirst(2))] = String(line[colon...].dropFirst(2))
        }
        let version = fields["version"].flatMap { Int($0) } ?? 0
        let note = SettingsChangeNote(
            who: fields["who"] ?? "", when: fields["when"] ?? "", from: fields["from"] ?? "")
        return SettingsVersionHeader(
            format: format, version: version, note: note, what: fields["what"] ?? "",
            isWhole: bytes.last == UInt8(ascii: "\n") && lines.last == "# end of version \(version)")
    }

    /// A text that stays in its line.
    private static func comment(_ text: String) -> String {
        String(appending: { $0.append(escaping: text) })
    }

    /// A text between commas.
    private static func field(_ text: String) -> String {
        comment(text).replacing(["#"], with: "\\x23").replacing([","], with: "\\x2c")
    }

    private static func unescaped(_ text: some StringProtocol) -> String {
        String(text).replacing(["\\", "x", "2", "3"], with: "#").replacing(["\\", "x", "2", "c"], with: ",")
    }
}

extension SettingsLayers {
    /// These settings with one change, checked as a whole: what the upper layer's next version shall be, and the
    /// document that it makes. Throws everything that is wrong with the result; then nothing has changed.
    /// `name` is what the next version is called in messages, `version` its number.
    public func applying(
        _ change: SettingsChange, by note: SettingsChangeNote, version: Int, name: String
    ) throws(SettingsErrors) -> (layers: SettingsLayers, document: SettingsDocument) {
        let sources = SettingsSources(file: file.name, changes: changes?.name ?? "", value: "\(change.key)")
        var faults = FaultList(sources)
        let (lower, upper) = try trees(&faults)
        let root = try Self.changed(upper, change, &faults)
        try SettingsReader(lower, root, faults).faults.check()
        return try next(root, what: change.summary, by: note, version: version, name: name)
    }

    /// These settings with `text` in place of all changes: a file as an administrator writes one. Throws everything
    /// that is wrong with it, under the text's own name. Who made a value that stays the same is still told.
    public func replacing(
        changes text: SettingsText, what: String, by note: SettingsChangeNote, version: Int, name: String
    ) throws(SettingsErrors) -> (layers: SettingsLayers, document: SettingsDocument) {
        var faults = FaultList(SettingsSources(file: file.name, changes: changes?.name ?? "", value: text.name))
        let (lower, upper) = try trees(&faults)
        var isBroken = false
        let composed = faults.compose(text.bytes, .value, &isBroken)
        if isBroken { try faults.check() }
        let root = composed.map { faults.moved($0) }
        try SettingsReader(lower, root, faults).faults.check()
        let before = upper.map { faults.moved($0) }
        let kept = root.map { root in before.map { root.keepingPlaces(of: $0) } ?? root }
        return try next(kept, what: what, by: note, version: version, name: name)
    }

    /// These settings with the changes of an older version, and with who made each of them then. `older` is nil for
    /// version 0: no changes at all.
    public func reverting(
        to older: SettingsText?, what: String, by note: SettingsChangeNote, version: Int, name: String
    ) throws(SettingsErrors) -> (layers: SettingsLayers, document: SettingsDocument) {
        let before = SettingsLayers(file: file, changes: older)
        var faults = FaultList(SettingsSources(file: file.name, changes: older?.name ?? ""))
        let (lower, upper) = try before.trees(&faults)
        try SettingsReader(lower, upper, faults).faults.check()
        return try before.next(
            upper.map { faults.moved($0) }, what: what, by: note, version: version, name: name)
    }

    /// The text of the next version, and the document that it makes.
    private func next(
        _ root: YAMLNode?, what: String, by note: SettingsChangeNote, version: Int, name: String
    ) throws(SettingsErrors) -> (layers: SettingsLayers, document: SettingsDocument) {
        let notes = changes.map { SettingsChanges.notes(in: $0.bytes) } ?? [:]
        var own = note
        own.version = version
        let text = SettingsChanges.text(root, version: version, what: what, by: note) { place in
            place.layer == .value ? own : notes[place.line]
        }
        let layers = SettingsLayers(file: file, changes: SettingsText(name: name, bytes: text))
        return (layers, try layers.document())
    }

    private static func changed(
        _ upper: YAMLNode?, _ change: SettingsChange, _ faults: inout FaultList
    ) throws(SettingsErrors) -> YAMLNode? {
        let start = SettingsPlace(line: 1, column: 1, in: .value)
        var path = change.key.path
        if path[0] == "log" { path[0] = "logs" }
        // The old name of a section is written under the new one.
        let upper = upper.map { faults.moved($0) }
        var value: YAMLNode?
        switch change {
        case .unset:
            guard upper?[path] != nil else {
                faults.add(
                    at: start, "nothing was changed here; `gatelog settings show --origin` shows what is from where")
                try faults.check()
                return upper
            }
            return upper?.removing(path)
        case .set(_, let text) where isFreeText(path, text):
            value = YAMLNode(place: start, content: .scalar(text, isPlain: false))
        case .set(_, let yaml):
            var isBroken = false
            value = faults.compose(Array(yaml.utf8), .value, &isBroken)
            if isBroken { try faults.check() }
        case .setText(_, let text):
            value = YAMLNode(place: start, content: .scalar(text, isPlain: false))
        }
        let nothing = YAMLNode(place: start, content: .scalar("", isPlain: true))
        return (upper ?? YAMLNode(place: start, content: .mapping([]))).setting(path, to: value ?? nothing)
    }

    private static func isFreeText(_ path: [String], _ text: String) -> Bool {
        guard SettingsDocument.isFreeText(path[...]), let first = text.first(where: { $0 != " " }) else { return false }
        return first != "\"" && first != "'"
    }
}
