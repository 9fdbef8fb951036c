import CLinux

extension Thread {
    /// Lets everybody else on the machine go first: the calling thread gets the least share of the processors that is
    /// not none at all (setpriority(2), 19). Where that fails it goes on as before.
    public static func yieldToOthers() {
        // On Linux the value belongs to the thread, not to the process.
        _ = gatelog_lower_priority()
    }
}
