import CLinux

/// Names of users and groups, as this machine knows them (getpwuid(3), getgrnam(3)): files, and what NSS adds.
public enum UserDatabase {
    /// The name of a user; nil where nobody has that number.
    public static func name(ofUser number: UInt32) -> String? {
        unsafe entry { buffer in
            var user = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            let error = unsafe getpwuid_r(number, &user, buffer.baseAddress!, buffer.count, &found)
            return (error, unsafe found.map { unsafe String(cString: $0.pointee.pw_name) })
        }
    }

    /// The number of a user; nil where there is none of that name.
    public static func user(named name: String) -> UInt32? {
        unsafe entry { buffer in
            var user = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            let error = unsafe getpwnam_r(name, &user, buffer.baseAddress!, buffer.count, &found)
            return (error, unsafe found.map { unsafe $0.pointee.pw_uid })
        }
    }

    /// The number of a group; nil where there is none of that name.
    public static func group(named name: String) -> UInt32? {
        unsafe entry { buffer in
            var group = unsafe CLinux.group()
            var found: UnsafeMutablePointer<CLinux.group>?
            let error = unsafe getgrnam_r(name, &group, buffer.baseAddress!, buffer.count, &found)
            return (error, unsafe found.map { unsafe $0.pointee.gr_gid })
        }
    }

    /// Asks with a larger buffer for as long as the answer does not fit, up to 1 MiB (a group of many members).
    private static func entry<Value>(
        _ ask: (UnsafeMutableBufferPointer<CChar>) -> (error: Int32, value: Value?)
    ) -> Value? {
        var capacity = 4096
        while capacity <= 1 << 20 {
            let (error, value) = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
                unsafe ask(buffer)
            }
            if error != ERANGE { return error == 0 ? value : nil }
            capacity *= 4
        }
        return nil
    }
}
