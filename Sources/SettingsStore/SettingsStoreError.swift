public import Settings
public import SystemCalls

/// Why settings could not be loaded or changed. Whatever it is, what held before holds still.
public enum SettingsStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Everything that is wrong in both layers, or with the value that was to be set.
    case faults(SettingsErrors)
    /// A key that is none.
    case key(SettingsKeyError)
    case system(SystemCallError)
    /// A version of the changes that a newer program wrote, in a form that this one does not know.
    case newer(path: String, format: Int)
    /// Somebody else made a version meanwhile.
    case overtaken(path: String)

    public var description: String {
        switch self {
        case .faults(let errors): "\(errors)"
        case .key(let error): "\(error)"
        case .system(let error): "\(error)"
        case .newer(let path, let format):
            """
            \(path): written by a newer Gatelog (form \(format); this one reads up to \(SettingsChanges.format)); \
            install that version again, or move this file away to go back to the version before it
            """
        case .overtaken(let path):
            "\(path): somebody else has changed the settings meanwhile; reload them and try again"
        }
    }
}
