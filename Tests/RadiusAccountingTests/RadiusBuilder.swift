import Crypto
import Primitives
import RadiusAccounting
import Users

/// Accounting packets as clients make them.
struct RadiusBuilder {
    var secret = Array("xyzzy5461".utf8)
    var identifier: UInt8 = 1
    var attributes: [UInt8] = []

    init(_ status: UInt32, session: String? = "0001", user: String? = "jane", address: String? = "10.0.0.5") {
        add(40, number: status)
        add(32, Array("ap1".utf8))
        if let session { add(44, Array(session.utf8)) }
        if let user { add(1, Array(user.utf8)) }
        if let address { add(address: address) }
    }

    mutating func add(_ type: UInt8, _ value: [UInt8]) { attributes += [type, UInt8(value.count + 2)] + value }

    mutating func add(_ type: UInt8, number: UInt32) { add(type, Self.bytes(number)) }

    mutating func add(address text: String) {
        switch IPAddress(parsing: text)! {
        case .v4(let address): add(8, number: address.number)
        case .v6(let address): add(168, Self.bytes(address.high) + Self.bytes(address.low))
        }
    }

    func with(_ type: UInt8, _ value: [UInt8]) -> RadiusBuilder {
        var copy = self
        copy.add(type, value)
        return copy
    }

    func with(_ type: UInt8, number: UInt32) -> RadiusBuilder { with(type, Self.bytes(number)) }

    func identified(_ identifier: UInt8) -> RadiusBuilder {
        var copy = self
        copy.identifier = identifier
        return copy
    }

    func shared(_ secret: String) -> RadiusBuilder {
        var copy = self
        copy.secret = Array(secret.utf8)
        return copy
    }

    /// The packet with its authenticator (RFC 2866, section 3).
    func packet(code: UInt8 = 4) -> [UInt8] {
        let length = 20 + attributes.count
        let head = [code, identifier, UInt8(length >> 8), UInt8(length & 255)]
        let zeros = [UInt8](repeating: 0, count: 16)
        return head + Self.md5(head + zeros + attributes + secret) + attributes
    }

    static func md5(_ bytes: [UInt8]) -> [UInt8] {
        var hash = Insecure.MD5()
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().withUnsafeBytes { Array($0) }
    }

    static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<MemoryLayout<Number>.size).reversed().map { UInt8(truncatingIfNeeded: number >> Number($0 * 8)) }
    }
}

/// A service with its clients, and a clock that a test sets.
final class RadiusDesk {
    private var service: AccountingService
    private var response = ByteBuffer(capacity: 64)
    /// Seconds since 1970.
    var now: Int64 = 1_800_000_000
    private var policy: AccountingPolicy

    init(timeout: Int64 = 3600, maxAge: Int64? = 300, removesRealms: Bool = false, requiresTimestamp: Bool = false) {
        policy = AccountingPolicy(
            timeout: timeout * 1_000_000_000, maxAge: maxAge, removesRealms: removesRealms)
        service = AccountingService(policy, seed: 20_261_121)
        configure([
            RadiusDesk.client("office", "192.0.2.0/24", "xyzzy5461", requiresTimestamp: requiresTimestamp),
            RadiusDesk.client("lobby", "192.0.2.77", "lobby secret"),
        ])
    }

    static func client(
        _ name: String, _ addresses: String, _ secret: String, requiresTimestamp: Bool = false
    ) -> RadiusClient {
        RadiusClient(
            name: name, addresses: [try! AddressRange(parsing: addresses)],
            secret: RadiusSecret(Array(secret.utf8)), requiresTimestamp: requiresTimestamp)
    }

    func configure(_ clients: [RadiusClient]) {
        service.configure(RadiusClients(clients), policy, at: Timestamp(seconds: now))
    }

    /// Sends bytes; the answer, nil where there is none.
    func send(_ bytes: [UInt8], from address: String = "192.0.2.1", port: UInt16 = 40_000) -> [UInt8]? {
        let answers = service.receive(
            bytes.span.bytes, from: IPAddress(parsing: address)!, port: port, at: Timestamp(seconds: now),
            response: &response)
        guard answers else { return nil }
        var answer: [UInt8] = []
        for offset in 0..<response.count { answer.append(response.bytes.byte(at: offset)) }
        return answer
    }

    /// Sends a packet of a client; whether it was answered.
    @discardableResult
    func send(_ packet: RadiusBuilder, from address: String = "192.0.2.1", port: UInt16 = 40_000) -> Bool {
        send(packet.packet(), from: address, port: port) != nil
    }

    func expire() { service.expire(at: Timestamp(seconds: now)) }

    /// What changed: "login jane 10.0.0.5".
    var changes: [String] {
        service.takeChanges().map { "\($0.action) \($0.user) \($0.address)" }
    }

    var report: AccountingReport { service.report }

    /// Counts of a client.
    func counters(_ name: String = "office") -> AccountingCounters {
        report.clients.first { $0.name == name }!.counters
    }
}
