import ControlMessages
import Primitives
import Testing

@testable import Accounts

@Suite("Accounts and tokens")
struct AccountBookTests {
    static let hash = PasswordHash.decoy(.weak)
    static let now = Timestamp(seconds: 1_795_248_000)

    static func account(_ name: String, _ role: ControlRole = .auditor, display: String = "") -> Account {
        Account(
            name: name, displayName: display, role: role, isEnabled: true, password: hash, createdAt: now,
            lastLogin: nil)
    }

    static func token(_ name: String, owner: String? = nil, value: String = "x") -> AccountToken {
        AccountToken(
            name: name, digest: Secret.digest(value), scopes: [.logsRead, .statusRead], owner: owner, createdBy: "root",
            createdAt: now, expiresAt: Timestamp(seconds: now.seconds + 60), lastUse: now, lastFrom: "192.0.2.7")
    }

    static func full() throws -> AccountBook {
        var book = AccountBook()
        try book.add(account("jane", .administrator, display: "Jane \"J\" Doe = 100 % #1"))
        try book.add(account("john@example.org"))
        try book.change("john@example.org") { $0.isEnabled = false }
        book.noteLogin("jane", at: now)
        try book.add(token("ci", owner: "jane"))
        try book.add(token("metrics", value: "y"))
        return book
    }

    @Test("The file is read as it was written")
    func roundTrip() throws {
        for book in [AccountBook(), try Self.full()] {
            #expect(try AccountBook(parsing: book.text, path: "accounts") == book)
        }
    }

    @Test("Neither a password nor a token's value stands in the file")
    func secrets() throws {
        var book = AccountBook()
        let hash = try PasswordHash(of: "the password", .weak)
        try book.add(
            Account(
                name: "a", displayName: "", role: .auditor, isEnabled: true, password: hash, createdAt: Self.now,
                lastLogin: nil))
        try book.add(Self.token("t", value: "glt_the value"))
        let text = String(decoding: book.text, as: UTF8.self)
        #expect(!text.contains("the password"))
        #expect(!text.contains("the value"))
        #expect(text.contains("$scrypt$ln=4,r=8,p=1$"))
    }

    @Test("A file that was cut anywhere is refused, with its line")
    func torn() throws {
        let text = try Self.full().text
        for end in stride(from: text.count - 1, through: 0, by: -5) {
            let error = #expect(throws: AccountError.self) {
                try AccountBook(parsing: Array(text[..<end]), path: "accounts")
            }
            guard case .damaged("accounts", _, _) = error else {
                Issue.record("cut at \(end): \(String(describing: error))")
                return
            }
        }
    }

    @Test("Any changed byte is another book or an error, never a trap")
    func mutated() throws {
        let text = try Self.full().text
        for index in stride(from: 0, to: text.count, by: 3) {
            for byte: UInt8 in [0, 0x0A, 0x20, 0x25, 0xFF] {
                var mutated = text
                mutated[index] = byte
                _ = try? AccountBook(parsing: mutated, path: "accounts")
            }
        }
    }

    @Test("A file of a newer program is refused, and says what to do")
    func newer() throws {
        let text = Array("# gatelog accounts, format 2\nuser wings=2\n# end of 1 entries\n".utf8)
        let error = #expect(throws: AccountError.self) { try AccountBook(parsing: text, path: "state/accounts") }
        #expect(error == .newer(path: "state/accounts", format: 2))
        #expect(
            error?.description == """
                state/accounts: written by a newer Gatelog (form 2; this one reads up to 1); install that version again, or \
                move this file away and make the accounts and tokens anew
                """)
    }

    @Test(
        "Names stay in a line and in a path",
        arguments: ["", "a b", "-x", "a/b", "ä", "a\n", "x\"", String(repeating: "n", count: 65)])
    func names(_ name: String) {
        #expect(throws: AccountError.self) {
            var book = AccountBook()
            try book.add(Self.account(name))
        }
        #expect(throws: AccountError.self) {
            var book = AccountBook()
            try book.add(Self.token(name))
        }
    }

    @Test("Where others are left to log in, an administrator is among them")
    func lastAdministrator() throws {
        var book = AccountBook()
        try book.add(Self.account("jane", .administrator))
        try book.add(Self.account("john"))
        let refusal = #expect(throws: AccountError.self) { _ = try book.remove("jane") }
        #expect(
            refusal?.description == "\"jane\" is the last administrator who can log in: make another one first")
        #expect(throws: AccountError.self) { try book.change("jane") { $0.role = .operator } }
        #expect(throws: AccountError.self) { try book.change("jane") { $0.isEnabled = false } }
        #expect(book.accounts["jane"]?.role == .administrator)
        _ = try book.remove("john")
        _ = try book.remove("jane")
        #expect(book.accounts.isEmpty)
    }

    @Test("The tokens that somebody made go with him")
    func owner() throws {
        var book = try Self.full()
        try book.add(Self.account("other", .administrator))
        #expect(try book.remove("jane") == ["ci"])
        #expect(book.tokens.keys.sorted() == ["metrics"])
        #expect(book.token(digest: Secret.digest("x")) == nil)
        #expect(book.token(digest: Secret.digest("y"))?.name == "metrics")
    }

    @Test("There is room for a thousand of each, and no more")
    func limit() throws {
        var book = AccountBook()
        for number in 0..<AccountBook.limit {
            try book.add(Self.account("u\(number)"))
            try book.add(Self.token("t\(number)", value: "\(number)"))
        }
        #expect(throws: AccountError.self) { try book.add(Self.account("more")) }
        #expect(throws: AccountError.self) { try book.add(Self.token("more", value: "more")) }
        #expect(try AccountBook(parsing: book.text, path: "a") == book)
    }

    @Test("What was noted while a change was written is not lost")
    func uses() throws {
        var written = try Self.full()
        var book = written
        let later = Timestamp(seconds: Self.now.seconds + 5)
        book.noteLogin("jane", at: later)
        book.noteUse("metrics", at: later, from: "192.0.2.9")
        try written.change("john@example.org") { $0.displayName = "John" }
        #expect(book.giveUses(to: &written))
        #expect(written.accounts["jane"]?.lastLogin == later)
        #expect(written.tokens["metrics"]?.lastFrom == "192.0.2.9")
        #expect(written.accounts["john@example.org"]?.displayName == "John")
        #expect(!book.giveUses(to: &written))
    }
}
