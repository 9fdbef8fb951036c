import Primitives

/// Turns the tree into the document and gathers what is wrong.
struct SettingsReader {
    var faults: FaultList
    var document: SettingsDocument

    mutating func readRoot(_ root: YAMLNode) {
        for pair in mapping(root, "the settings") {
            switch pair.key.value {
            case "groups": readGroups(pair.value)
            case "users": readUsers(pair.value)
            case "interfaces": readInterfaces(pair.value)
            case "services": readServices(pair.value)
            case "databases": readDatabases(pair.value)
            case let key:
                if let row = SettingsDocument.rows.first(where: { $0.key == key }) {
                    row.read(&faults, pair.value, &document)
                } else {
                    unknown(pair.key, in: "the settings", among: SettingsDocument.keys)
                }
            }
        }
        document.logs.inherit()
        checkNesting()
    }

    private mutating func readDatabases(_ node: YAMLNode) {
        for pair in mapping(node, "databases") {
            switch pair.key.value {
            case "country": document.databases.country = path(pair.value, "the country database")
            case "asn": document.databases.asn = path(pair.value, "the AS number database")
            default: unknown(pair.key, in: "databases", among: ["country", "asn"])
            }
        }
    }
}

// What the sections are read with. Each says what is wrong itself and returns nothing then.
extension SettingsReader {
    mutating func mapping(_ node: YAMLNode, _ what: String) -> [YAMLPair] { faults.mapping(node, what) }

    mutating func unknown(_ key: Located<String>, in place: String, among names: [String]) {
        faults.unknown(key, in: place, among: names)
    }

    /// The elements of a list; a single value counts as a list of one.
    func elements(_ node: YAMLNode) -> [YAMLNode] {
        if case .sequence(let elements) = node.content { return elements }
        return node.isNothing ? [] : [node]
    }

    mutating func text(_ node: YAMLNode, _ what: String) -> Located<String>? {
        switch node.content {
        case .scalar(let text, _) where !node.isNothing: return Located(text, at: node.place)
        case .refused: return nil
        default:
            faults.add(at: node.place, "\(node.summary) in place of \(what); write a text")
            return nil
        }
    }

    /// A text that people call something by, and that stays in one line.
    mutating func name(_ node: YAMLNode, _ what: String) -> Located<String>? {
        guard let text = text(node, what) else { return nil }
        return name(text, what)
    }

    mutating func name(_ text: Located<String>, _ what: String) -> Located<String>? {
        let bytes = text.value.utf8
        if bytes.isEmpty {
            faults.add(at: text.place, "nothing as \(what); write at least one character")
        } else if bytes.count > SettingsLimits.name {
            faults.add(at: text.place, "\(bytes.count) bytes as \(what); write at most \(SettingsLimits.name)")
        } else if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            faults.add(at: text.place, "a control character in \(what) \(quoted(text.value)); remove it")
        } else if bytes.contains(UInt8(ascii: "\"")) {
            faults.add(
                at: text.place,
                "a double quote in \(what) \(quoted(text.value)), which no expression can write; remove it")
        } else {
            return text
        }
        return nil
    }

    mutating func path(_ node: YAMLNode, _ what: String) -> Located<String>? {
        guard let path = text(node, what) else { return nil }
        guard !path.value.isEmpty, !path.value.utf8.contains(0) else {
            faults.add(at: path.place, "\(quoted(path.value)) as the path of \(what); write the path of a file")
            return nil
        }
        return path
    }

    mutating func flag(_ node: YAMLNode, _ what: String) -> Located<Bool>? {
        switch node.content {
        case .scalar("true", true): return Located(true, at: node.place)
        case .scalar("false", true): return Located(false, at: node.place)
        case .refused: break
        default: faults.add(at: node.place, "\(node.summary) for \(what); write true or false")
        }
        return nil
    }

    mutating func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ node: YAMLNode, _ what: String
    ) -> Located<Value>? {
        guard let text = text(node, what) else { return nil }
        if let value = Value(rawValue: text.value) { return Located(value, at: text.place) }
        let remedy = remedy(text.value, "it is one of", Value.allCases.map(\.rawValue))
        faults.add(at: text.place, "\(quoted(text.value)) as \(what)\(remedy)")
        return nil
    }
}
