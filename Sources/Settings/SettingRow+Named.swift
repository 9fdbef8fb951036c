/// A section of which there are several, each under a name of the administrator's.
protocol NamedSection: SettingsSection {
    /// What a name must be: behind "write".
    static var nameWants: String { get }

    /// Whether the section can be called so.
    static func isName(_ name: String) -> Bool

    /// The defaults under a name.
    init(name: Located<String>)

    var name: Located<String> { get }

    /// Says what of the whole section cannot be, once it was read.
    func check(_ faults: inout FaultList)
}

extension SettingRow {
    /// A key whose value is a map of names to sections of one kind, `most` of them at most.
    init<Inner: NamedSection>(
        _ key: String, named path: any WritableKeyPath<Section, [Inner]> & Sendable, most: Int, _ meaning: String
    ) {
        self.key = key
        self.meaning = meaning
        wants = nil
        inner = { Inner.reference.map { ([key, "NAME"] + $0.path, $0.wants, $0.meaning) } }
        schema = { indent in
            #"{ "type": ["object", "null"], "additionalProperties": \#(Inner.schema(indent)) }"#
        }
        isFreeText = { Inner.isFreeText($0.dropFirst()) }
        read = { faults, node, section in
            var found: [Inner] = []
            for pair in faults.mapping(node, key) {
                guard Inner.isName(pair.key.value) else {
                    faults.add(
                        at: pair.key.place, "\(quoted(pair.key.value)) as a name in \(key); write \(Inner.nameWants)")
                    continue
                }
                guard found.count < most else {
                    faults.add(at: pair.key.place, "more than \(most) names in \(key); remove some")
                    break
                }
                var inner = Inner(name: pair.key)
                faults.read(pair.value, rows: Inner.rows, of: "\(key).\(pair.key.value)", into: &inner)
                inner.check(&faults)
                found.append(inner)
            }
            section[keyPath: path] = found
        }
        values = { section in
            section[keyPath: path].flatMap { inner in
                Inner.rows.flatMap { $0.values(inner) }.map { value in
                    SettingValue(path: [key, inner.name.value] + value.path, text: value.text, place: value.place)
                }
            }
        }
    }
}
