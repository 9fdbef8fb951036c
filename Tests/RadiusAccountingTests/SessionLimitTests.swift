import Primitives
import Testing
import Users

@testable import RadiusAccounting

@Suite("Limits of RADIUS sessions")
struct SessionLimitTests {
    private func event(_ number: UInt64) -> AccountingEvent {
        var addresses = FramedAddresses()
        addresses.add(.v4(IPv4Address(UInt32(truncatingIfNeeded: number &+ 0x0A00_0000))))
        return AccountingEvent(
            status: .start, client: "c", device: SessionKey(high: 1, low: 1), key: SessionKey(high: number, low: 7),
            user: "u\(number % 1000)", session: "s", addresses: addresses, time: Timestamp(seconds: 100),
            received: Timestamp(seconds: 100))
    }

    @Test("There is room for so many sessions, and those that are there go on")
    func room() {
        var ledger = SessionLedger(seed: 1)
        var changes: [LoginChange] = []
        for number in 0..<UInt64(SessionLedger.sessionLimit) {
            _ = ledger.apply(event(number), &changes)
            if changes.count > 100_000 { changes.removeAll(keepingCapacity: true) }
        }
        let (full, known) = (ledger.hasRoom(for: event(1 << 40)), ledger.hasRoom(for: event(5)))
        #expect(!full && known)
        changes = []
        ledger.expire(at: Timestamp(seconds: 1000), timeout: 1_000_000_000, &changes)
        let left = ledger.count
        #expect(left == 0 && changes.count == SessionLedger.sessionLimit)
    }

    @Test("Keys of MD5 and HMAC are those of RFC 1321 and RFC 2202")
    func digests() {
        func hex(_ digest: MD5Hasher.Digest) -> String {
            digest.indices.map { (digest[$0] < 16 ? "0" : "") + String(digest[$0], radix: 16) }.joined()
        }
        var hash = MD5Hasher()
        hash.add(Array("message digest".utf8))
        #expect(hex(hash.digest()) == "f96b697d7cb7938d525a2f31aaf161d0")
        var code = MD5Authenticator(MD5Authenticator.pads(of: Array("Jefe".utf8)))
        let text = Array("what do ya want for nothing?".utf8)
        code.add(text.span.bytes)
        #expect(hex(code.digest()) == "750c783e6ab0b503eaa86e310a5db738")
        var long = MD5Authenticator(MD5Authenticator.pads(of: [UInt8](repeating: 0xAA, count: 80)))
        let test = Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
        long.add(test.span.bytes)
        #expect(hex(long.digest()) == "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd")
    }
}
