import CPCRE2
import Synchronization

/// A regular expression compiled to machine code: the owner of one PCRE2 program and of the memory
/// that matching with it needs.
///
/// Matching allocates nothing and its work is bounded by `stepLimit` and `workLimit`, at worst some 0.1 s for 64 KiB of
/// text made for it (3 ms for a packet of 1,460 bytes): text that would take longer counts
/// as not matching and is counted in `exhausted`. One pattern is used by one thread at a time; a second
/// one at the same moment is a fault of the program and traps.
@safe
public final class Pattern: @unchecked Sendable {
    /// What the bytes under test are.
    public enum Subject: Sendable {
        /// UTF-8; `.` is a character, and bytes that are not UTF-8 match nothing.
        case text
        /// Any bytes; `.` is a byte, and case is that of ASCII.
        case bytes
    }

    /// Bytes of a pattern's UTF-8.
    /// - Limit: a regular expression | bytes | an error with its position
    public static let lengthLimit = 32 << 10
    /// Steps of backtracking from one starting place, after which a text counts as not matching.
    /// - Limit: steps of a regular expression from one place |  | counts as not matching, and is counted
    public static let stepLimit = 10_000
    /// Steps in one text, as PCRE2 counts them: long texts get fewer for each starting place.
    /// - Limit: steps of a regular expression over a whole text |  | counts as not matching, and is counted
    public static let workLimit = 100_000_000
    /// Bytes that one match may keep on its stack.
    static let stackLimit = 512 << 10

    /// The pattern as it was given.
    public let source: String
    public let ignoresCase: Bool
    /// Texts that ran into a limit, or needed more memory than a match may have.
    public private(set) var exhausted = 0

    private let code: OpaquePointer
    private let matchData: OpaquePointer
    private let context: OpaquePointer
    /// nil where the machine forbids generated code: PCRE2 then interprets.
    private let stack: OpaquePointer?
    private let busy = Atomic(false)

    /// Compiles `pattern` (PCRE2 syntax, without slashes).
    public init(_ pattern: String, ignoresCase: Bool = false, over subject: Subject) throws(PatternError) {
        let code = unsafe try Self.compile(pattern, ignoresCase, subject)
        source = pattern
        self.ignoresCase = ignoresCase
        unsafe self.code = code
        let translated = unsafe pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE)) == 0
        // Only memory that is short makes these nil, and then nothing else would work either.
        unsafe matchData = pcre2_match_data_create_8(1, nil)!
        unsafe context = pcre2_match_context_create_8(nil)!
        unsafe stack = translated ? pcre2_jit_stack_create_8(32 << 10, Self.stackLimit, nil) : nil
        unsafe pcre2_set_depth_limit_8(context, UInt32(Self.stepLimit))
        unsafe pcre2_set_heap_limit_8(context, UInt32(Self.stackLimit >> 10))
        if let stack = unsafe stack {
            unsafe pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack))
        }
    }

    deinit {
        unsafe pcre2_jit_stack_free_8(stack)
        unsafe pcre2_match_context_free_8(context)
        unsafe pcre2_match_data_free_8(matchData)
        unsafe pcre2_code_free_8(code)
    }

    /// Whether the pattern matches somewhere in `bytes`.
    public func matches(_ bytes: RawSpan) -> Bool {
        precondition(!busy.exchange(true, ordering: .acquiring), "a pattern is used by one thread at a time")
        let steps = min(Self.stepLimit, Self.workLimit / max(bytes.byteCount, 1))
        unsafe pcre2_set_match_limit_8(context, UInt32(max(steps, 1)))
        let result = unsafe bytes.withUnsafeBytes { subject in
            // PCRE2 10.42 takes no null subject, not even for an empty one.
            let start = unsafe subject.baseAddress ?? UnsafeRawPointer(code)
            return unsafe pcre2_match_8(
                code, start.assumingMemoryBound(to: UInt8.self), subject.count, 0, 0, matchData, context)
        }
        if result < 0 && result != PCRE2_ERROR_NOMATCH { exhausted += 1 }
        busy.store(false, ordering: .releasing)
        // 0: matched, and had more groups than there is room to report.
        return result >= 0
    }

    private static func compile(
        _ pattern: String, _ ignoresCase: Bool, _ subject: Subject
    ) throws(PatternError) -> OpaquePointer {
        let source = Array(pattern.utf8)
        guard source.count <= lengthLimit else { throw PatternError(code: 0, offset: lengthLimit) }
        // \C would split characters; (*UTF) in a pattern over bytes would refuse every payload.
        var options =
            switch subject {
            case .text: UInt32(PCRE2_UTF) | UInt32(PCRE2_MATCH_INVALID_UTF) | UInt32(PCRE2_NEVER_BACKSLASH_C)
            case .bytes: UInt32(PCRE2_NEVER_UTF)
            }
        if ignoresCase { options |= UInt32(PCRE2_CASELESS) }
        var error: Int32 = 0
        var place = 0
        let code = unsafe source.withUnsafeBufferPointer { text in
            // As in `matches`: an empty pattern may have no address.
            var nothing: UInt8 = 0
            return unsafe withUnsafePointer(to: &nothing) { empty in
                unsafe pcre2_compile_8(text.baseAddress ?? empty, text.count, options, &error, &place, nil)
            }
        }
        guard let code = unsafe code else { throw PatternError(code: error, offset: place) }
        return unsafe code
    }
}
