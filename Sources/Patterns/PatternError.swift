import CPCRE2

/// Why a regular expression does not compile: PCRE2's words and the place.
public struct PatternError: Error, Hashable, Sendable {
    /// PCRE2's error number (pcre2api(3), "Compile errors"); 0 for `Pattern.lengthLimit`.
    public let code: Int32
    /// Bytes of the pattern's UTF-8 before the place where PCRE2 stopped.
    public let offset: Int

    /// One phrase without a full stop, such as "missing closing parenthesis". Made when asked for.
    public var message: String {
        if code == 0 { return "a regular expression has at most \(Pattern.lengthLimit) bytes" }
        // 256 bytes hold every message of PCRE2's table; a longer one would be cut, not overrun.
        var text = [UInt8](repeating: 0, count: 256)
        let length = unsafe text.withUnsafeMutableBufferPointer {
            unsafe pcre2_get_error_message_8(code, $0.baseAddress!, $0.count)
        }
        return length < 0 ? "PCRE2 error \(code)" : String(decoding: text[..<Int(length)], as: UTF8.self)
    }
}
