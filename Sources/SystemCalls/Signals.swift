import CLinux

/// What signals do to this process.
public enum Signals {
    /// A write into a pipe without a reader fails with `Errno.brokenPipe`, in place of ending the process.
    public static func ignoreBrokenPipe() {
        gatelog_ignore_broken_pipe()
    }
}
