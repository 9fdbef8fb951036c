/// Where a value is from.
public enum SettingsOrigin: Hashable, Sendable, CustomStringConvertible {
    case standard
    /// The administrator's file: its name without folders, and the place.
    case file(String, SettingsPlace)
    /// Set by page or command line; the note says by whom, where the changes tell.
    case change(String, SettingsPlace, SettingsChangeNote?)

    /// "default", "gatelog.yaml:12:7", "changed by jane, 2026-11-21T10:00:00Z (version 12)".
    public var description: String {
        switch self {
        case .standard: "default"
        case .file(let name, let place): "\(name):\(place.line):\(place.column)"
        case .change(_, _, let note?):
            "changed by \(note.who), \(note.when)" + (note.version.map { " (version \($0))" } ?? "")
        case .change(let name, let place, nil): "changed, \(name):\(place.line):\(place.column)"
        }
    }
}

/// One value that holds now.
public struct EffectiveSetting: Hashable, Sendable {
    public var key: SettingsKey
    /// YAML on one line, as it can be set again.
    public var value: String
    public var origin: SettingsOrigin
    /// What differs where a value does that is not shown.
    var identity: String?
}

/// A key whose value is not the same in two documents.
public struct SettingDifference: Hashable, Sendable {
    public var key: SettingsKey
    /// YAML on one line; nil where there is no such key. Secrets are "(secret)" in both.
    public var old: String?
    public var new: String?
}

extension SettingsDocument {
    /// Every value that holds, the defaults too, in a fixed order: first the keys that are always there, then what
    /// has names of the administrator's.
    public var effective: [EffectiveSetting] {
        let values = Self.rows.flatMap { $0.values(self) } + interfaceValues + groupValues + userValues + otherValues
        return values.map { value in
            EffectiveSetting(
                key: SettingsKey(path: value.path), value: value.text, origin: origin(at: value.place),
                identity: value.identity)
        }
    }

    /// The keys whose values differ from those of `before`, in the order in which they are listed; those that are gone
    /// come last.
    public func differences(from before: SettingsDocument) -> [SettingDifference] {
        let old = Dictionary(before.effective.map { ($0.key, $0) }) { first, _ in first }
        var seen: Set<SettingsKey> = []
        var found: [SettingDifference] = []
        for setting in effective where seen.insert(setting.key).inserted {
            let other = old[setting.key]
            guard other?.value != setting.value || other?.identity != setting.identity else { continue }
            found.append(SettingDifference(key: setting.key, old: other?.value, new: setting.value))
        }
        for setting in before.effective where seen.insert(setting.key).inserted {
            found.append(SettingDifference(key: setting.key, old: setting.value, new: nil))
        }
        return found
    }

    /// Where the value of a key is from; of a whole section, of the first of its values that is no default. Nil where
    /// there is no such key.
    public func origin(of key: SettingsKey) -> SettingsOrigin? {
        let all = effective.filter { $0.key.path.starts(with: key.path) }
        return (all.first { $0.origin != .standard } ?? all.first)?.origin
    }

    /// Where something at a place is from; nil is a default.
    public func origin(at place: SettingsPlace?) -> SettingsOrigin {
        guard let place else { return .standard }
        let path = sources.name(of: place.layer).utf8
        let name = String(path.split(separator: UInt8(ascii: "/")).last.flatMap { String($0) } ?? "")
        return place.layer == .file ? .file(name, place) : .change(name, place, notes[place.line])
    }

    private var interfaceValues: [SettingValue] {
        interfaces.flatMap { interface -> [SettingValue] in
            let name = interface.name.value
            func value<Value>(_ key: String, _ value: Located<Value>?, _ text: (Value) -> String) -> SettingValue? {
                value.map { SettingValue(path: ["interfaces", name, key], text: text($0.value), place: $0.place) }
            }
            let values = [
                value("device", interface.device, yamlScalar), value("index", interface.index) { "\($0)" },
                value("kind", interface.kind, \.rawValue), value("connection", interface.connection, yamlScalar),
                value("trusted", interface.trusted) { "\($0)" },
            ].compactMap { $0 }
            let nothing = SettingValue(path: ["interfaces", name], text: "{}", place: interface.name.place)
            return values.isEmpty ? [nothing] : values
        }
    }

    private var groupValues: [SettingValue] {
        groups.map { group in
            let entries = group.entries.map { entry in
                switch entry.value {
                case .addresses(let range): yamlScalar("\(range)")
                case .group(let name): "group: \(yamlScalar(name))"
                case .file(let path): "file: \(yamlScalar(path))"
                }
            }
            return SettingValue(
                path: ["groups", group.name.value], text: "[\(entries.joined(separator: ", "))]", place: group.place)
        }
    }

    private var userValues: [SettingValue] {
        users.flatMap { user in
            let path = ["users", user.name.value]
            return [
                SettingValue(
                    path: path + ["groups"],
                    text: "[\(user.groups.map { yamlScalar($0.value) }.joined(separator: ", "))]",
                    place: user.groupsPlace),
                SettingValue(
                    path: path + ["addresses"],
                    text: "[\(user.addresses.map { yamlScalar("\($0.value)") }.joined(separator: ", "))]",
                    place: user.addressesPlace),
            ]
        }
    }

    private var otherValues: [SettingValue] {
        let ports = services.map { service in
            let ranges = service.ports.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            return SettingValue(
                path: ["services", service.name.value], text: "[\(ranges.joined(separator: ", "))]",
                place: service.place)
        }
        let databases = [("country", databases.country), ("asn", databases.asn)].compactMap { key, path in
            path.map { SettingValue(path: ["databases", key], text: yamlScalar($0.value), place: $0.place) }
        }
        return ports + databases
    }
}
