import CLinux

/// Names of protocols, services, networks and hosts, as this machine knows them: files, and what NSS adds.
///
/// The tables are walked with the C library's own cursors, one walker at a time.
public enum NetworkDatabase {
    /// Calls `body` with every name of a protocol (protocols(5)), in order.
    public static func eachProtocol(_ body: (_ name: String, _ number: Int32) -> Void) {
        setprotoent(1)
        defer { endprotoent() }
        while let entry = unsafe getprotoent() {
            body(unsafe String(cString: entry.pointee.p_name), unsafe entry.pointee.p_proto)
        }
    }

    /// Calls `body` with every service (services(5)), in order.
    public static func eachService(_ body: (_ name: String, _ port: UInt16, _ protocol: String) -> Void) {
        setservent(1)
        defer { endservent() }
        while let entry = unsafe getservent() {
            let port = UInt16(truncatingIfNeeded: unsafe entry.pointee.s_port).byteSwapped
            body(unsafe String(cString: entry.pointee.s_name), port, unsafe String(cString: entry.pointee.s_proto))
        }
    }

    /// Calls `body` with every network (networks(5)), in order: its number with zeros in place of hosts.
    public static func eachNetwork(_ body: (_ name: String, _ number: UInt32) -> Void) {
        setnetent(1)
        defer { endnetent() }
        while let entry = unsafe getnetent() {
            body(unsafe String(cString: entry.pointee.n_name), unsafe entry.pointee.n_net)
        }
    }

    /// The name of a host; nil where it has none. Asks name servers too, as nsswitch.conf(5) says, and waits for them.
    public static func host(_ address: UInt32) -> String? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1025) { buffer in
            guard unsafe gatelog_host_name(address, buffer.baseAddress!, buffer.count) == 0 else { return nil }
            return unsafe String(cString: buffer.baseAddress!)
        }
    }
}
