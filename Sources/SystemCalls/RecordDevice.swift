import CLinux

extension FileDescriptor {
    /// Throws away the records that wait in an ipl device (SIOCIPFFB), which must be open for writing; returns how many
    /// bytes they had.
    public func flushRecords() throws(SystemCallError) -> Int {
        let number = number
        var bytes: Int32 = 0
        _ = try checked("SIOCIPFFB") { unsafe gatelog_flush_records(number, &bytes) }
        return Int(bytes)
    }

    /// Goes back to the beginning of the file (lseek(2)).
    public func rewind() throws(SystemCallError) {
        let number = number
        _ = try checked("lseek") { lseek(number, 0, SEEK_SET) }
    }
}
