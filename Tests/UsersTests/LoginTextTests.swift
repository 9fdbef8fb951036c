import Primitives
import TestSupport
import Testing

@testable import Users

@Suite("Log-ins as text that survives a restart")
struct LoginTextTests {
    private static func registry() throws -> LoginRegistry {
        var registry = LoginRegistry(seed: 1)
        var effects = LoginEffects()
        let names = ["jane", "line\nend", "%41 percent", "sp ace", "\u{1B}[31m", "é"]
        for (index, name) in names.enumerated() {
            let address = try #require(
                IPAddress(parsing: index % 2 == 0 ? "10.0.0.\(index + 1)" : "2001:db8::\(index + 1)"))
            let origin: LoginOrigin =
                index % 2 == 0 ? .command(by: "ro ot\n") : .radius(client: "nas %1", session: "session \(index)")
            _ = try registry.take(
                LoginChange(
                    .login, user: name, address: address, origin: origin,
                    time: Timestamp(nanoseconds: Int64(1_700_000_000 + index) * 1_000_000_000)), &effects)
        }
        return registry
    }

    private static func text(_ registry: LoginRegistry) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 4096)
        LoginRegistry.appendHead(to: &buffer)
        var count = 0
        for part in 0..<LoginRegistry.parts { count += registry.appendText(of: part, to: &buffer) }
        LoginRegistry.appendEnd(count, to: &buffer)
        return buffer.bytes.withUnsafeBytes { Array($0) }
    }

    private static func all(_ registry: LoginRegistry) -> [Login] {
        (0..<LoginRegistry.parts).flatMap { registry.logins(of: $0) }.sorted { $0.address < $1.address }
    }

    @Test("What is written is read back")
    func roundTrip() throws {
        let written = try Self.registry()
        var read = LoginRegistry(seed: 2)
        var effects = LoginEffects()
        let count = try read.restore(Self.text(written), &effects)
        #expect(count == 6)
        #expect(Self.all(read) == Self.all(written))
        #expect(effects.places.count == 6)
        #expect(effects.users.count == 6)
        #expect(read.counters.logins == 0)
        // A stop of the session that was there before the restart ends it.
        let address = try #require(IPAddress(parsing: "2001:db8::2"))
        let stop = LoginChange(
            .logout, user: "line\nend", address: address, origin: .radius(client: "nas %1", session: "session 1"),
            time: Timestamp(nanoseconds: 1_700_000_100_000_000_000))
        let before = try read.take(stop, &effects)
        #expect(before == "line\nend")
    }

    @Test("A text that is cut anywhere is refused, and changes nothing")
    func cut() throws {
        let whole = Self.text(try Self.registry())
        for count in 0..<whole.count - 1 {
            var registry = LoginRegistry(seed: 2)
            var effects = LoginEffects()
            #expect(throws: LoginText.Fault.self) { try registry.restore(Array(whole.prefix(count)), &effects) }
            #expect(registry.count == 0)
            #expect(effects.isEmpty)
        }
    }

    @Test("A newer program's text is refused by its version")
    func newer() {
        var registry = LoginRegistry(seed: 2)
        var effects = LoginEffects()
        #expect(throws: LoginText.Fault.newer(version: 2)) {
            try registry.restore(Array("gatelog log-ins, version 2\nanything\n".utf8), &effects)
        }
    }

    @Test("Bytes that somebody changed are refused or read, and never a crash")
    func changed() throws {
        let whole = Self.text(try Self.registry())
        var random = SeededGenerator(seed: 20_261_121)
        for _ in 0..<5_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var registry = LoginRegistry(seed: 2)
            var effects = LoginEffects()
            let read = try? registry.restore(bytes, &effects)
            #expect(registry.count <= 6)
            #expect((read ?? 0) <= 6)
        }
    }
}
