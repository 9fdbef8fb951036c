/// A version of the changed settings.
public struct SettingsVersionState: Codable, Hashable, Sendable {
    public var version: Int
    public var who: String
    /// RFC 3339.
    public var when: String
    /// An address, or the socket and the process behind it.
    public var from: String
    /// "set logs.debug.keep", "revert 12", "apply gatelog.yaml".
    public var what: String
    /// Whether it holds now.
    public var current: Bool

    public init(version: Int, who: String, when: String, from: String, what: String, current: Bool) {
        self.version = version
        self.who = who
        self.when = when
        self.from = from
        self.what = what
        self.current = current
    }
}

/// A key whose value changes.
public struct SettingChangeState: Codable, Hashable, Sendable {
    public var key: String
    /// YAML on one line; absent where there is none. A secret is "(secret)".
    public var old: String?
    public var new: String?

    public init(key: String, old: String?, new: String?) {
        self.key = key
        self.old = old
        self.new = new
    }
}

/// What a change of many settings did, or would do.
public struct SettingsOutcome: Codable, Hashable, Sendable {
    /// The version that was made; absent where nothing was written.
    public var version: Int?
    public var changes: [SettingChangeState]

    public init(version: Int?, changes: [SettingChangeState]) {
        self.version = version
        self.changes = changes
    }
}

/// Settings that shall take the place of all changes.
public struct SettingsApplication: Codable, Hashable, Sendable {
    /// YAML.
    public var text: String
    /// What the text is called in messages: its file.
    public var name: String
    /// Whether it is only to be said what would change.
    public var dryRun: Bool?

    public init(text: String, name: String, dryRun: Bool? = nil) {
        self.text = text
        self.name = name
        self.dryRun = dryRun
    }

    enum CodingKeys: String, CodingKey {
        case text, name
        case dryRun = "dry_run"
    }
}

/// A version that shall hold again.
public struct SettingsReversion: Codable, Hashable, Sendable {
    /// 0 is the administrator's file alone.
    public var version: Int
    /// Whether it is only to be said what would change.
    public var dryRun: Bool?

    public init(version: Int, dryRun: Bool? = nil) {
        self.version = version
        self.dryRun = dryRun
    }

    enum CodingKeys: String, CodingKey {
        case version
        case dryRun = "dry_run"
    }
}

/// The changes as a text that can be applied again; secrets stand in it.
public struct SettingsExport: Codable, Hashable, Sendable {
    public var version: Int
    public var text: String

    public init(version: Int, text: String) {
        self.version = version
        self.text = text
    }
}

/// What can be asked of the engine about the versions of the changed settings.
public protocol SettingsHistoryControl: Sendable {
    /// The newest first.
    func settingsHistory() async throws(ControlError) -> [SettingsVersionState]
    /// What is not the same in two versions; nil is what holds now.
    func settingsDifferences(
        from old: Int, to new: Int?
    ) async throws(ControlError) -> [SettingChangeState]
    /// Makes a new version that is equal to an older one.
    func revertSettings(
        _ request: SettingsReversion, by actor: ControlActor
    ) async throws(ControlError) -> SettingsOutcome
    /// Puts a text in place of all changes; what is wrong with it is said with line and column.
    func applySettings(
        _ request: SettingsApplication, by actor: ControlActor
    ) async throws(ControlError) -> SettingsOutcome
    /// The changes of a version, of the one that holds where none is said.
    func exportSettings(_ version: Int?, by actor: ControlActor) async throws(ControlError) -> SettingsExport
}
