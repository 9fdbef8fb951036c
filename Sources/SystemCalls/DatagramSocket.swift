import CLinux
public import Primitives

/// Both ends of a datagram that was received: what it takes to answer it.
public struct DatagramEnds: Sendable {
    var raw = gatelog_datagram_ends()

    /// Who sent it.
    public var address: IPAddress {
        let address = IPv6Address(high: Self.number(raw.remote, 0), low: Self.number(raw.remote, 8))
        return address.mapped.map { .v4($0) } ?? .v6(address)
    }

    /// From which port.
    public var port: UInt16 { raw.port }

    /// It was longer than the buffer.
    public var isTruncated: Bool { raw.is_truncated != 0 }

    init() {}

    private typealias Bytes = (
        UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8
    )

    private static func number(_ bytes: Bytes, _ offset: Int) -> UInt64 {
        unsafe withUnsafeBytes(of: bytes) {
            unsafe UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
    }
}

/// A UDP socket that knows to which of the machine's addresses a datagram was sent, and answers from there: a gateway
/// has several, and who asked one does not listen to another.
public struct DatagramSocket: ~Copyable, Sendable {
    /// The number by which the kernel knows it, for waiting on it (poll(2)).
    public let number: Int32
    private let family: Int32

    /// Listens on `address`, or on all of the machine's where it is nil: both families where the machine has both.
    public init(address: IPAddress?, port: UInt16, receiveBuffer: Int32) throws(SystemCallError) {
        let (number, family) = try Self.open(address)
        do {
            try Self.prepare(number, family, address, port, receiveBuffer)
        } catch {
            _ = gatelog_close(number)
            throw error
        }
        self.number = number
        self.family = family
    }

    /// A socket of the family of `address`; of IPv6, which takes both, where it is nil and the kernel has that.
    private static func open(_ address: IPAddress?) throws(SystemCallError) -> (number: Int32, family: Int32) {
        if case .v4 = address { return (try checked("socket") { socket(AF_INET, kind, 0) }, AF_INET) }
        do {
            return (try checked("socket") { socket(AF_INET6, kind, 0) }, AF_INET6)
        } catch  where error.errno == .noSuchFamily && address == nil {
            return (try checked("socket") { socket(AF_INET, kind, 0) }, AF_INET)
        }
    }

    private static func prepare(
        _ number: Int32, _ family: Int32, _ address: IPAddress?, _ port: UInt16, _ receiveBuffer: Int32
    ) throws(SystemCallError) {
        var size = receiveBuffer
        // More than the limit where we may; else as much as the limit allows.
        if unsafe setsockopt(number, SOL_SOCKET, SO_RCVBUFFORCE, &size, 4) != 0 {
            unsafe setsockopt(number, SOL_SOCKET, SO_RCVBUF, &size, 4)
        }
        _ = try checked("setsockopt") { gatelog_want_datagram_ends(number, family) }
        try bind(number, family, address, port)
    }

    private static var kind: Int32 { Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) }

    deinit { _ = gatelog_close(number) }

    private static func bind(
        _ number: Int32, _ family: Int32, _ address: IPAddress?, _ port: UInt16
    ) throws(SystemCallError) {
        let place = "\(address.map { "\($0)" } ?? "all addresses"), UDP port \(port)"
        guard let address else {
            _ = try checked("bind", place) { gatelog_bind_datagrams(number, family, nil, port) }
            return
        }
        let mapped =
            switch address {
            case .v4(let address): IPv6Address(mapping: address)
            case .v6(let address): address
            }
        _ = try checked("bind", place) {
            unsafe withUnsafeBytes(of: mapped.number.bigEndian) {
                unsafe gatelog_bind_datagrams(number, family, $0.baseAddress, port)
            }
        }
    }

    /// Receives a datagram in place of what `buffer` holds, and says whence; nil where none is there. Does not wait.
    /// One that is longer than `most` is cut, and its ends say so.
    public func receive(into buffer: inout ByteBuffer, most: Int) throws(SystemCallError) -> DatagramEnds? {
        buffer.removeAll()
        var ends = DatagramEnds()
        let number = number
        do {
            try unsafe buffer.append(atMost: most) { room throws(SystemCallError) in
                try checked("recvmsg") {
                    unsafe gatelog_receive_datagram(number, room.baseAddress, room.count, &ends.raw)
                }
            }
            return ends
        } catch  where error.errno == .wouldBlock {
            return nil
        }
    }

    /// Answers a datagram, from the address that it was sent to. Does not wait: false where the answer cannot leave now.
    public func answer(_ ends: DatagramEnds, _ bytes: RawSpan) -> Bool {
        let (number, family) = (number, family)
        return unsafe bytes.withUnsafeBytes { source in
            unsafe withUnsafePointer(to: ends.raw) { ends in
                unsafe gatelog_send_datagram(number, family, source.baseAddress, source.count, ends) == source.count
            }
        }
    }

    /// Datagrams that the kernel threw away since nobody took them in time.
    public var dropped: UInt64 { UInt64(gatelog_datagrams_dropped(number)) }
}
