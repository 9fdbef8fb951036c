/// An ipmon.conf that cannot be taken: where, what was found, and what was expected.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file; empty where only its text is known.
    public var path = ""
    /// From 1; 0 where the file itself cannot be read.
    public var line: Int
    /// The word at which it ended.
    public var found: String
    /// What was expected, or what to do.
    public var reason: String

    init(line: Int, found: String, _ reason: String) {
        self.line = line
        self.found = found
        self.reason = reason
    }

    /// "/etc/ipmon.conf: syntax error at "to", line 3: "do" was expected".
    public var description: String {
        guard line > 0 else { return "load_config:fopen:: \(reason)" }
        let place = path.isEmpty ? "" : "\(path): "
        return "\(place)syntax error at \"\(found)\", line \(line): \(reason)"
    }
}
