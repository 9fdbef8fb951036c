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
        let (error, value) = unsafe self.ask(ask)
        return error == 0 ? value : nil
    }

    private static func ask<Value>(
        _ ask: (UnsafeMutableBufferPointer<CChar>) -> (error: Int32, value: Value?)
    ) -> (error: Int32, value: Value?) {
        var capacity = 4096
        while capacity <= 1 << 20 {
            let (error, value) = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
                unsafe ask(buffer)
            }
            if error != ERANGE { return (error, value) }
            capacity *= 4
        }
        return (ERANGE, nil)
    }
}

extension UserDatabase {
    /// Most groups of one user that are told.
    public static let mostGroups = 4_096

    /// Names of the groups that the user is in (getgrouplist(3)), his own one first; none for a user whom this machine
    /// does not know. Nil where it cannot say: a service behind it is away. May take as long as NSS does.
    public static func groups(ofUser name: String) -> [String]? {
        let answer: (error: Int32, value: UInt32?) = unsafe ask { buffer in
            var user = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            let error = unsafe getpwnam_r(name, &user, buffer.baseAddress!, buffer.count, &found)
            return (error, unsafe found.map { unsafe $0.pointee.pw_gid })
        }
        guard let own = answer.value else {
            // What "not found" looks like differs from service to service (getpwnam(3)).
            return [0, ENOENT, ESRCH, EBADF, EPERM].contains(answer.error) ? [] : nil
        }
        var numbers = [gid_t](repeating: 0, count: 64)
        var count = Int32(numbers.count)
        while unsafe getgrouplist(name, own, &numbers, &count) < 0 {
            guard numbers.count < mostGroups else { break }
            numbers = [gid_t](repeating: 0, count: min(mostGroups, max(Int(count), numbers.count * 2)))
            count = Int32(numbers.count)
        }
        return numbers.prefix(Int(min(count, Int32(numbers.count)))).compactMap { self.name(ofGroup: $0) }
    }

    /// The name of a group; nil where none has that number.
    public static func name(ofGroup number: UInt32) -> String? {
        unsafe entry { buffer in
            var group = unsafe CLinux.group()
            var found: UnsafeMutablePointer<CLinux.group>?
            let error = unsafe getgrgid_r(number, &group, buffer.baseAddress!, buffer.count, &found)
            return (error, unsafe found.map { unsafe String(cString: $0.pointee.gr_name) })
        }
    }
}
