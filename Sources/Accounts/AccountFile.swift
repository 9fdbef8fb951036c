import SystemCalls

/// The file of accounts and tokens: read at the start, written whole with each change.
struct AccountFile: Sendable {
    let path: String
    /// Called after each step of writing, for tests that stop there.
    var onStep: @Sendable (WholeFile.Step) -> Void = { _ in }

    /// Bytes of a file that is read: far above what the limits allow.
    private static let longest = 8 << 20

    init(path: String, onStep: @escaping @Sendable (WholeFile.Step) -> Void = { _ in }) {
        self.path = path
        self.onStep = onStep
    }

    /// What the file holds; an empty book where there is none.
    func read() throws(AccountError) -> AccountBook {
        let bytes: [UInt8]
        do {
            bytes = try Paths.contents(path, limit: Self.longest)
        } catch  where error.errno == .noSuchFile {
            return AccountBook()
        } catch {
            throw AccountError.system(error)
        }
        return try AccountBook(parsing: bytes, path: path)
    }

    func write(_ book: AccountBook) throws(AccountError) {
        do {
            try WholeFile.write(book.text, to: path, permissions: 0o600, onStep: onStep)
        } catch {
            throw AccountError.system(error)
        }
    }
}
