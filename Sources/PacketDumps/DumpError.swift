public import SystemCalls

/// Why a dump cannot be started, stopped, removed or found. Nothing was changed.
public enum DumpError: Error, Hashable, Sendable, CustomStringConvertible {
    /// This cannot name a dump.
    case badName(String)
    /// A limit that makes no sense; the sentence says why.
    case badLimit(String)
    /// A finished dump of that name is there, and may not be replaced.
    case exists(String)
    /// A dump of that name runs.
    case running(String)
    /// No dump has that name.
    case unknown(String)
    /// The dump has ended already.
    case ended(String)
    /// So many dumps run already.
    case tooManyRunning(Int)
    /// So many dumps are in the folder already.
    case tooMany(Int)
    /// The engine shuts down.
    case closed
    /// A file or folder failed.
    case system(SystemCallError)

    public var description: String {
        switch self {
        case .badName(let name):
            "\"\(Self.shown(name))\" cannot name a dump: a name has letters, digits, `-`, `_` and `.`, at most "
                + "\(DumpLimits.nameLength) of them, and does not begin with a dot"
        case .badLimit(let sentence): sentence
        case .exists(let name): "there is a dump \(name) already; remove it, or say that it may be replaced"
        case .running(let name): "the dump \(name) is running; stop it first"
        case .unknown(let name): "there is no dump \"\(Self.shown(name))\""
        case .ended(let name): "the dump \(name) has ended already"
        case .tooManyRunning(let limit): "\(limit) dumps are running, and no more may at one time; stop one first"
        case .tooMany(let limit): "\(limit) dumps are kept, and no more may be; remove some first"
        case .closed: "the engine is shutting down"
        case .system(let error): error.description
        }
    }

    /// A name as it was given, harmless for a terminal, and cut.
    private static func shown(_ name: String) -> String {
        String(name.unicodeScalars.prefix(80).map { $0.value < 0x20 || 0x7F...0x9F ~= $0.value ? "?" : Character($0) })
    }
}
