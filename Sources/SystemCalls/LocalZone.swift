import CLinux

/// Where the rules of local time are: the bytes of a TZif file (RFC 8536), which `Records` parses.
public enum LocalZone {
    /// The file that `TZ` names, or /etc/localtime without it; nil for UTC, and where there is no such
    /// file (then local time is UTC, as the C library has it).
    public static func bytes() -> [UInt8]? {
        guard let path = path(of: Environment.value(of: "TZ")) else { return nil }
        return try? Paths.contents(path, limit: 1 << 20)
    }

    /// The zone file for a value of `TZ` (tzset(3)): ":Europe/Prague", "Europe/Prague", "/a/file" or unset.
    /// Names that would climb out of the zone folder are not followed.
    static func path(of setting: String?) -> String? {
        guard var name = setting else { return "/etc/localtime" }
        if name.hasPrefix(":") { name.removeFirst() }
        if name.isEmpty || name == "UTC" || name == "UTC0" { return nil }
        if name.hasPrefix("/") { return name }
        return name.split(separator: "/").contains("..") ? nil : "/usr/share/zoneinfo/\(name)"
    }

    /// How many seconds local time is ahead of UTC at a second since 1970, as the C library has it (localtime(3)).
    public static func offset(at second: Int64) -> Int {
        var time = time_t(second)
        var parts = unsafe tm()
        guard unsafe localtime_r(&time, &parts) != nil else { return 0 }
        return unsafe parts.tm_gmtoff
    }
}
