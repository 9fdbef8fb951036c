import Primitives
import Settings
import SettingsStore
import Synchronization
import SystemCalls

/// The settings of both layers, and the files of addresses that they name, as threads of the control plane share them.
final class SettingsBoard: Sendable {
    private let keeper: SettingsKeeper
    private let files: Mutex<GroupFiles>

    /// Loads both layers; a `file` that is not there has no settings unless it was named.
    init(home: HomeFolder, file: String?) throws(SettingsStoreError) {
        keeper = SettingsKeeper(file: file ?? home.settings, folder: home.changes, mayBeMissing: file == nil)
        files = Mutex(GroupFiles())
        _ = try keeper.load()
    }

    /// What holds now.
    var stored: StoredSettings {
        guard let stored = keeper.stored else { preconditionFailure("the settings were loaded when this was made") }
        return stored
    }

    /// The settings as they stand on the disk; they hold when `hold` says so.
    func read() throws(SettingsStoreError) -> StoredSettings { try keeper.read() }

    func hold(_ settings: StoredSettings) { keeper.hold(settings) }

    /// A change with all settings that it makes, checked; nothing changes.
    func prepare(_ change: SettingsChange, by note: SettingsChangeNote) throws(SettingsStoreError) -> PreparedChange {
        try keeper.prepare(change, by: note)
    }

    func prepare(applying text: SettingsText, by note: SettingsChangeNote) throws(SettingsStoreError) -> PreparedChange
    {
        try keeper.prepare(applying: text, by: note)
    }

    func prepare(revertingTo number: Int, by note: SettingsChangeNote) throws(SettingsStoreError) -> PreparedChange {
        try keeper.prepare(revertingTo: number, by: note)
    }

    /// Every version that is kept, the newest first.
    func history() throws(SettingsStoreError) -> [SettingsVersionHeader] { try keeper.history() }

    func document(of version: Int) throws(SettingsStoreError) -> SettingsDocument { try keeper.document(of: version) }

    func changes(of version: Int) throws(SettingsStoreError) -> SettingsText? { try keeper.changes(of: version) }

    /// Makes the change; it is on the disk when this returns.
    func commit(_ change: PreparedChange) throws(SettingsStoreError) -> StoredSettings { try keeper.commit(change) }

    /// The address groups of `document`, with what their files hold; files that changed are read again. A file that
    /// cannot be used keeps what was read of it last, and is among the problems.
    func addressLists(of document: SettingsDocument) throws(SettingsErrors) -> [String: [AddressRange]] {
        let contents = files.withLock { files in
            _ = files.follow(document)
            return files.contents
        }
        return try document.addressLists(files: contents)
    }

    /// Waits for files of addresses to change, at most `milliseconds`; says what was read.
    func nextGroupNews(milliseconds: Int32) -> [GroupFileNews] {
        let number = files.withLock { $0.number }
        var poll = Poll()
        if number >= 0 { poll.add(number, for: .readable) }
        _ = try? poll.wait(milliseconds: milliseconds)
        return files.withLock { $0.next(milliseconds: 0) }
    }

    /// What is wrong with the files of addresses just now.
    var problems: [String] { files.withLock { $0.problems } }
}
