import CLinux

/// The terminal that somebody sits at.
public enum Terminal {
    /// Reads a line from the terminal of this process (/dev/tty) after `prompt`, without showing what is typed: a
    /// password. At most 4,096 bytes, without the line end.
    public static func hiddenLine(prompt: String) throws(SystemCallError) -> [UInt8] {
        let number = try checked("open", "/dev/tty") {
            unsafe gatelog_open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY, 0)
        }
        defer { _ = gatelog_close(number) }
        var before = termios()
        _ = try checked("tcgetattr", "/dev/tty") { unsafe tcgetattr(number, &before) }
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO)
        _ = try checked("tcsetattr", "/dev/tty") { unsafe tcsetattr(number, TCSAFLUSH, &hidden) }
        defer { _ = unsafe tcsetattr(number, TCSAFLUSH, &before) }
        try write(prompt, number)
        defer { try? write("\n", number) }
        return try line(number)
    }

    private static func write(_ text: String, _ number: Int32) throws(SystemCallError) {
        var bytes = Array(text.utf8)
        _ = try checked("write", "/dev/tty") {
            unsafe bytes.withUnsafeMutableBytes { unsafe gatelog_write(number, $0.baseAddress, $0.count) }
        }
    }

    private static func line(_ number: Int32) throws(SystemCallError) -> [UInt8] {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.count < 4096 {
            let count = try checked("read", "/dev/tty") { unsafe gatelog_read(number, &byte, 1) }
            if count == 0 || byte == UInt8(ascii: "\n") { break }
            line.append(byte)
        }
        return line
    }
}
