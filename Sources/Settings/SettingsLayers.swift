/// A text of settings with its name for messages.
public struct SettingsText: Sendable {
    public var name: String
    public var bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// The settings as two texts: the administrator's file, which only he writes, and over it the changes made by page
/// and command line. Maps of both are merged key by key; any other value of the changes replaces what is below it.
public struct SettingsLayers: Sendable {
    public var file: SettingsText
    /// Nil where nothing was changed.
    public var changes: SettingsText?

    public init(file: SettingsText, changes: SettingsText? = nil) {
        self.file = file
        self.changes = changes
    }

    /// Reads both; throws everything that is wrong in either at once.
    public func document() throws(SettingsErrors) -> SettingsDocument {
        let (document, errors) = try partialDocument()
        if let errors { throw errors }
        return document
    }

    /// Reads both: what could be read, and beside it everything that is wrong, for whoever looks for more faults.
    /// Throws where one of the texts cannot be read to its end.
    public func partialDocument() throws(SettingsErrors) -> (document: SettingsDocument, errors: SettingsErrors?) {
        var faults = FaultList(SettingsSources(file: file.name, changes: changes?.name ?? ""))
        let (lower, upper) = try trees(&faults)
        var reader = SettingsReader(lower, upper, faults)
        if let changes { reader.document.notes = SettingsChanges.notes(in: changes.bytes) }
        return (reader.document, reader.faults.errors)
    }

    /// The trees of both texts. Throws where one cannot be read to its end, with the faults of both.
    func trees(_ faults: inout FaultList) throws(SettingsErrors) -> (lower: YAMLNode?, upper: YAMLNode?) {
        var isBroken = false
        let lower = faults.compose(file.bytes, .file, &isBroken)
        let upper = changes.flatMap { faults.compose($0.bytes, .changes, &isBroken) }
        if isBroken { try faults.check() }
        return (lower, upper)
    }
}

extension SettingsReader {
    /// Reads the merged trees of both layers.
    init(_ lower: YAMLNode?, _ upper: YAMLNode?, _ faults: FaultList) {
        var faults = faults
        let lower = lower.map { faults.moved($0) }
        let upper = upper.map { faults.moved($0) }
        let root = upper.map { lower?.merged(with: $0) ?? $0 } ?? lower
        self.init(faults: faults, document: SettingsDocument(faults.sources))
        if let root { readRoot(root) }
    }
}

extension FaultList {
    /// The tree of one layer; nil for an empty text. Sets `isBroken` where reading ended before the text did.
    mutating func compose(_ bytes: [UInt8], _ layer: SettingsLayer, _ isBroken: inout Bool) -> YAMLNode? {
        guard bytes.count <= SettingsLimits.bytes else {
            isBroken = true
            add(
                at: SettingsPlace(line: 1, column: 1, in: layer),
                "\(bytes.count) bytes; settings have at most \(SettingsLimits.bytes): put lists of addresses into files"
            )
            return nil
        }
        guard !refuseTagDirectives(in: bytes.span, of: layer) else {
            isBroken = true
            return nil
        }
        do throws(YAMLFault) {
            return try unsafe bytes.withUnsafeBufferPointer { text throws(YAMLFault) in
                var composer = unsafe YAMLComposer(YAMLEvents(text, in: layer))
                return try composer.document(&self)
            }
        } catch {
            isBroken = true
            add(error)
            return nil
        }
    }

    /// What once stood under `log:` and is still read there, under `logs:`.
    mutating func moved(_ root: YAMLNode) -> YAMLNode {
        guard case .mapping(var pairs) = root.content, let index = pairs.firstIndex(where: { $0.key.value == "log" })
        else { return root }
        let old = pairs.remove(at: index)
        let names = LogsSettings.lineRows.map(\.key)
        let logs = root[["logs"]]
        var moved: [YAMLPair] = []
        for pair in mapping(old.value, "log") {
            if !names.contains(pair.key.value) {
                unknown(pair.key, in: "log", among: names)
            } else if let other = logs?[[pair.key.value]] {
                add(
                    at: pair.key.place,
                    "\(quoted(pair.key.value)) stands under logs: in line \(other.place.line) already; remove it here")
            } else {
                moved.append(pair)
            }
        }
        let lines = YAMLNode(place: old.value.place, content: .mapping(moved))
        if let index = pairs.firstIndex(where: { $0.key.value == "logs" }) {
            pairs[index].value = lines.merged(with: pairs[index].value)
        } else {
            pairs.append(YAMLPair(key: Located("logs", at: old.key.place), value: lines))
        }
        return YAMLNode(place: root.place, content: .mapping(pairs))
    }
}
