/// How records are spelled.
public enum LogDialect: String, Hashable, Sendable, CaseIterable {
    /// Kerio Control: `flags:[ SYN ]`, rule names in double quotes.
    case control
    /// Kerio WinRoute of 2008: `flags: SYN`, rule names in single quotes, `ip/port:` before the addresses.
    case winroute
}
