import CLinux

/// The process's environment.
public enum Environment {
    /// The value of `name`; nil where it is not set.
    public static func value(of name: String) -> String? {
        guard let value = unsafe gatelog_getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// The kernel's name and release, as in "Linux 6.1.0" (uname(2)).
    public static var operatingSystem: String {
        var names = utsname()
        guard unsafe uname(&names) == 0 else { return "Linux" }
        let release = unsafe withUnsafeBytes(of: &names.release) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return "Linux \(release)"
    }
}
