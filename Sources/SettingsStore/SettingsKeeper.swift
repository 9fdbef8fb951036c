public import Settings
import Synchronization
import SystemCalls

/// Settings as they were loaded: both layers, and what they say together.
public struct StoredSettings: Sendable {
    public var layers: SettingsLayers
    public var document: SettingsDocument
    /// The version of the changes; 0 where nothing was ever changed.
    public var version: Int
    /// What an administrator should know though the settings hold: a version that is torn.
    public var warnings: [String]
}

/// A change that was checked and is not written yet.
public struct PreparedChange: Sendable {
    /// The version that it was prepared over.
    let before: Int
    let after: StoredSettings

    /// The settings as they would be.
    public var document: SettingsDocument { after.document }
}

/// The settings of a daemon on disk: the administrator's file, which is only read, and the folder with every version
/// of the changes over it.
///
/// A change is checked first, with everything that holds then; it is written as a new version, and only when that is
/// on the disk it holds. Safe from any thread; a change waits for the one before it.
public final class SettingsKeeper: Sendable {
    /// The administrator's file.
    public let file: String
    /// The folder of the changes.
    public var folder: String { versions.path }
    private let mayBeMissing: Bool
    private let versions: VersionFolder
    private let current = Mutex<StoredSettings?>(nil)

    /// A `file` that is not there has no settings where it `mayBeMissing`, else it is an error.
    public convenience init(file: String, folder: String, mayBeMissing: Bool = false) {
        self.init(file: file, VersionFolder(path: folder), mayBeMissing: mayBeMissing)
    }

    /// With everything under one folder: state/settings, and etc/gatelog.yaml, which may be missing, unless `file`
    /// names another.
    public convenience init(home: String, file: String? = nil) {
        self.init(
            file: file ?? "\(home)/etc/gatelog.yaml", folder: "\(home)/state/settings", mayBeMissing: file == nil)
    }

    init(file: String, _ versions: VersionFolder, mayBeMissing: Bool) {
        self.file = file
        self.versions = versions
        self.mayBeMissing = mayBeMissing
    }

    /// Reads both layers; throws everything that is wrong in either, and what was loaded before holds then.
    @discardableResult
    public func load() throws(SettingsStoreError) -> StoredSettings {
        let loaded = try read()
        current.withLock { $0 = loaded }
        return loaded
    }

    /// Lets settings hold that were only read (`read`): for whoever first tries whether they can be used.
    public func hold(_ settings: StoredSettings) { current.withLock { $0 = settings } }

    /// What was loaded or changed last; nil before.
    public var stored: StoredSettings? { current.withLock { $0 } }

    /// What settings the daemon would have after a reload; nothing changes.
    public func read() throws(SettingsStoreError) -> StoredSettings {
        do {
            let isMissing = mayBeMissing ? try Paths.status(file) == nil : false
            let bytes = isMissing ? [] : try Paths.contents(file, limit: SettingsLimits.bytes + 1)
            let (version, changes, warnings) = try highestVersion()
            let layers = SettingsLayers(file: SettingsText(name: file, bytes: bytes), changes: changes)
            return StoredSettings(
                layers: layers, document: try layers.document(), version: version, warnings: warnings)
        } catch {
            throw SettingsStoreError(error)
        }
    }

    /// Makes one change over what was loaded last: checked, written, and in force when this returns; where it throws,
    /// nothing has changed.
    public func apply(
        _ change: SettingsChange, by note: SettingsChangeNote
    ) throws(SettingsStoreError) -> StoredSettings {
        try commit(prepare(change, by: note))
    }

    /// Checks a change with all other settings, and writes nothing yet: whoever can tell more of the settings than
    /// this room (does the expression compile?) looks at the document before it commits.
    public func prepare(
        _ change: SettingsChange, by note: SettingsChangeNote
    ) throws(SettingsStoreError) -> PreparedChange {
        try prepare { (before, version, name) throws(SettingsErrors) in
            try before.applying(change, by: note, version: version, name: name)
        }
    }

    /// The same for a file that takes the place of all changes.
    public func prepare(
        applying text: SettingsText, by note: SettingsChangeNote
    ) throws(SettingsStoreError) -> PreparedChange {
        try prepare { (before, version, name) throws(SettingsErrors) in
            try before.replacing(
                changes: text, what: "apply \(text.name)", by: note, version: version, name: name)
        }
    }

    /// The same for going back to the changes of an earlier version; 0 is no changes at all.
    public func prepare(
        revertingTo number: Int, by note: SettingsChangeNote
    ) throws(SettingsStoreError) -> PreparedChange {
        let older = try changes(of: number)
        return try prepare { (before, version, name) throws(SettingsErrors) in
            try before.reverting(
                to: older, what: "revert \(number)", by: note, version: version, name: name)
        }
    }

    private func prepare(
        _ make: (SettingsLayers, _ version: Int, _ name: String) throws(SettingsErrors)
            -> (layers: SettingsLayers, document: SettingsDocument)
    ) throws(SettingsStoreError) -> PreparedChange {
        do {
            let before = try stored ?? load()
            let number = max(try versions.numbers().first ?? 0, before.version) + 1
            let (layers, document) = try make(before.layers, number, versions.path(of: number))
            let after = StoredSettings(layers: layers, document: document, version: number, warnings: before.warnings)
            return PreparedChange(before: before.version, after: after)
        } catch {
            throw SettingsStoreError(error)
        }
    }

    /// The text of a version as it is kept; nil for version 0, when nothing was changed.
    public func changes(of number: Int) throws(SettingsStoreError) -> SettingsText? {
        do {
            if number == 0 { return nil }
            let numbers = try versions.numbers()
            guard numbers.contains(number) else { throw SettingsStoreError.unknown(number, kept: numbers) }
            let path = versions.path(of: number)
            let bytes = try versions.contents(of: number)
            guard let header = SettingsChanges.header(of: bytes), header.isWhole, header.version == number else {
                throw SettingsStoreError.torn(path: path)
            }
            guard header.format <= SettingsChanges.format else {
                throw SettingsStoreError.newer(path: path, format: header.format)
            }
            return SettingsText(name: path, bytes: bytes)
        } catch {
            throw SettingsStoreError(error)
        }
    }

    /// The settings as they would be with the changes of a version over the administrator's file of now.
    public func document(of number: Int) throws(SettingsStoreError) -> SettingsDocument {
        do {
            let older = try changes(of: number)
            return try SettingsLayers(file: (try stored ?? load()).layers.file, changes: older).document()
        } catch {
            throw SettingsStoreError(error)
        }
    }

    /// Writes a change that was prepared, and makes it what holds. Refused where anything else was changed since.
    @discardableResult
    public func commit(_ change: PreparedChange) throws(SettingsStoreError) -> StoredSettings {
        do {
            return try current.withLock { current in
                guard let before = current, before.version == change.before else {
                    throw SettingsStoreError.overtaken(path: versions.path)
                }
                // A torn version in between is nobody's change.
                for number in try versions.numbers() where number > before.version && isWhole(number) {
                    throw SettingsStoreError.overtaken(path: versions.path(of: number))
                }
                try versions.write(change.after.layers.changes?.bytes ?? [], as: change.after.version)
                current = change.after
                return change.after
            }
        } catch {
            throw SettingsStoreError(error)
        }
    }

    /// What every version that is there says of itself, the newest first; those that are torn are left out.
    public func history() throws(SettingsStoreError) -> [SettingsVersionHeader] {
        do {
            return try versions.numbers().compactMap { number in
                SettingsChanges.header(of: try versions.contents(of: number)).flatMap { $0.isWhole ? $0 : nil }
            }
        } catch {
            throw SettingsStoreError(error)
        }
    }

    private func isWhole(_ number: Int) -> Bool {
        (try? versions.contents(of: number)).flatMap { SettingsChanges.header(of: $0)?.isWhole } ?? false
    }

    private func highestVersion() throws -> (version: Int, changes: SettingsText?, warnings: [String]) {
        var warnings: [String] = []
        for number in try versions.numbers() {
            let path = versions.path(of: number)
            let bytes = try versions.contents(of: number)
            let header = SettingsChanges.header(of: bytes)
            if let header, header.format > SettingsChanges.format {
                throw SettingsStoreError.newer(path: path, format: header.format)
            }
            guard let header, header.isWhole, header.version == number else {
                warnings.append("\(path): this version of the changes is not whole, the one before it is used")
                continue
            }
            return (number, SettingsText(name: path, bytes: bytes), warnings)
        }
        return (0, nil, warnings)
    }
}

extension SettingsStoreError {
    fileprivate init(_ error: any Error) {
        switch error {
        case let error as SettingsStoreError: self = error
        case let error as SettingsErrors: self = .faults(error)
        case let error as SettingsKeyError: self = .key(error)
        case let error as SystemCallError: self = .system(error)
        default: self = .system(SystemCallError(errno: .inputOutput, call: "\(error)"))
        }
    }
}
