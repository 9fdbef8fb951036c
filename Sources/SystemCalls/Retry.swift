import CLinux

/// Makes a call whose failure is -1, again for as long as a signal interrupts it, and turns
/// errno into an error: the one place that looks at errno. `path` is only evaluated on failure.
func checked<Result: SignedInteger>(
    _ call: StaticString, _ path: @autoclosure () -> String? = nil, _ body: () -> Result
) throws(SystemCallError) -> Result {
    while true {
        let result = body()
        if result != -1 { return result }
        let errno = Errno(rawValue: gatelog_errno())
        if errno == .interrupted { continue }
        throw SystemCallError(errno: errno, call: "\(call)", path: path())
    }
}
