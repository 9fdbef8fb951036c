import CLinux

extension Socket {
    /// Bytes of a local socket's name that fit its address (unix(7)).
    public static let longestLocalName = 107

    /// Connects to a local socket: a path, or behind an `@` a name without a file (abstract, unix(7)). Throws
    /// `nameTooLong` beyond `longestLocalName` bytes, without asking the kernel.
    public func connect(toLocal name: String) throws(SystemCallError) {
        var name = Array(name.utf8)
        guard !name.isEmpty, name.count <= Self.longestLocalName else {
            throw SystemCallError(
                errno: name.isEmpty ? .invalidArgument : .nameTooLong, call: "connect",
                path: String(decoding: name, as: UTF8.self))
        }
        let path = String(decoding: name, as: UTF8.self)
        let isAbstract = name[0] == UInt8(ascii: "@")
        if isAbstract { name[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        // An abstract name is as long as the address says: every zero behind it would be a part of it.
        let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + name.count + (isAbstract ? 0 : 1)
        let number = number
        _ = try checked("connect", path) {
            unsafe withUnsafeBytes(of: address) { bytes in
                unsafe connectSocket(number, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), length)
            }
        }
    }
}

/// The function whose name the method hides.
private func connectSocket(_ number: Int32, _ address: UnsafePointer<sockaddr>, _ length: Int) -> Int32 {
    unsafe connect(number, address, socklen_t(length))
}
