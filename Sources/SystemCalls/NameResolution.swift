import CLinux
public import Primitives

/// The system's resolver, as /etc/nsswitch.conf and /etc/resolv.conf have it. Waits for it: half a minute and more where
/// a name server does not answer.
public enum NameResolution {
    /// What the resolver says.
    public enum Answer: Hashable, Sendable {
        /// The bytes of a name: whatever a name server sent.
        case name([UInt8])
        case none
        /// It does not answer, or cannot just now.
        case failed
    }

    /// The name of an address (getnameinfo(3) with NI_NAMEREQD).
    public static func name(of address: IPAddress) -> Answer {
        var host = [CChar](repeating: 0, count: 1025)
        let result = unsafe withBytes(of: address) { isV4, bytes in
            unsafe host.withUnsafeMutableBufferPointer { buffer in
                unsafe gatelog_name_of_address(isV4 ? 1 : 0, bytes, buffer.baseAddress, buffer.count)
            }
        }
        switch result {
        case 1: return .name(host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
        case 0: return .none
        default: return .failed
        }
    }

    /// Whether a name's addresses have `address` among them (getaddrinfo(3)); nil where the resolver cannot say.
    public static func has(_ name: String, address: IPAddress) -> Bool? {
        let result = unsafe withBytes(of: address) { isV4, bytes in
            unsafe gatelog_name_has_address(name, isV4 ? 1 : 0, bytes)
        }
        return result < 0 ? nil : result == 1
    }

    private static func withBytes(
        of address: IPAddress, _ body: (_ isV4: Bool, _ bytes: UnsafeRawPointer?) -> Int32
    ) -> Int32 {
        switch address {
        case .v4(let address):
            unsafe withUnsafeBytes(of: address.number.bigEndian) { unsafe body(true, $0.baseAddress) }
        case .v6(let address):
            unsafe withUnsafeBytes(of: address.number.bigEndian) { unsafe body(false, $0.baseAddress) }
        }
    }
}
