import ControlMessages
import Testing

@testable import Accounts

@Suite("Passwords are kept as scrypt hashes")
struct PasswordHashTests {
    @Test("A password has its hash, and no other has")
    func matches() throws {
        for password in ["right", "", "ü€😀", String(repeating: "x", count: 1024)] {
            let hash = try PasswordHash(of: password, .weak)
            #expect(hash.matches(password))
            #expect(!hash.matches(password + "x"))
            #expect(!hash.matches("Right"))
        }
    }

    @Test("The same password has another hash each time")
    func salted() throws {
        #expect(try PasswordHash(of: "right", .weak) != PasswordHash(of: "right", .weak))
    }

    @Test("The text says what it cost, and is read back")
    func text() throws {
        let hash = try PasswordHash(of: "right", .weak)
        #expect(hash.description.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        #expect(PasswordHash(parsing: hash.description) == hash)
    }

    /// The third vector of RFC 7914, section 12, less what we keep of its 64 bytes: scrypt is made of PBKDF2 blocks, so
    /// that a shorter key is the beginning of a longer one.
    @Test("It is scrypt as the RFC has it")
    func vector() throws {
        let salt = Base64Text.encode(Array("SodiumChloride".utf8))
        let key: [UInt8] = [
            0x70, 0x23, 0xbd, 0xcb, 0x3a, 0xfd, 0x73, 0x48, 0x46, 0x1c, 0x06, 0xcd, 0x81, 0xfd, 0x38, 0xeb,
            0xfd, 0xa8, 0xfb, 0xba, 0x90, 0x4f, 0x8e, 0x3e, 0xa9, 0xb5, 0x43, 0xf6, 0x54, 0x5d, 0xa1, 0xf2,
        ]
        let hash = try #require(PasswordHash(parsing: "$scrypt$ln=14,r=8,p=1$\(salt)$\(Base64Text.encode(key))"))
        #expect(hash.matches("pleaseletmein"))
        #expect(!hash.matches("pleaseletmeout"))
    }

    @Test(
        "What is no hash of ours is refused, and so is what would cost more than there is",
        arguments: [
            "", "$scrypt$", "right", "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA",
            "$scrypt$ln=99,r=8,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=20,r=32,p=16$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=-4,r=8,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHQ$AAAA", "$scrypt$ln=4,r=8,p=1$?$AAAA",
            "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
            "$scrypt$ln=4,r=8,p=1,x=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ])
    func refused(_ text: String) {
        #expect(PasswordHash(parsing: text) == nil)
    }

    @Test("New passwords take 32 MiB, and two at a time stay below what the daemon may have")
    func cost() {
        let costs = ScryptParameters.standard
        #expect(128 * costs.blockSize << costs.logRounds == 32 << 20)
        #expect(PasswordWorkers.atOnce == 2)
    }

    @Test("Base 64 is read as it is written, and in no other way")
    func base64() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            #expect(Base64Text.decode(Base64Text.encode(bytes)) == bytes)
        }
        #expect(Base64Text.encode(Array("foobar".utf8)) == "Zm9vYmFy")
        #expect(Base64Text.encode(Array("foob".utf8)) == "Zm9vYg")
        #expect(Base64Text.decode("Zm9vYh") == nil)
        #expect(Base64Text.decode("Zm9vY") == nil)
    }
}
