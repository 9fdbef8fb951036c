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
    /// There is no version of that number; those that are kept, the newest first.
    case unknown(Int, kept: [Int])
    /// A version that is not whole.
    case torn(path: String)
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
        case .unknown(let number, let kept):
            if let newest = kept.first, let oldest = kept.last {
                """
                there is no version \(number); \(kept.count) are kept, from \(oldest) to \(newest), and 0 is the \
                administrator's file alone
                """
            } else {
                "there is no version \(number): nothing was ever changed, and 0 is the administrator's file alone"
            }
        case .torn(let path): "\(path): this version is not whole; choose another one"
        case .overtaken(let path):
            "\(path): somebody else has changed the settings meanwhile; reload them and try again"
        }
    }
}
