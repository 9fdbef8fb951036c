/// Who said that somebody is somewhere, by numbers: commands by the account that gave them, RADIUS by its client.
struct LoginSources: Sendable {
    enum Source: Hashable, Sendable {
        case command(by: String)
        case radius(client: String)
    }

    private(set) var sources: [Source] = [.command(by: "others"), .radius(client: "others")]
    private var numbers: [Source: UInt32] = [:]

    subscript(number: UInt32) -> Source { sources[Int(number)] }

    /// The number of a source; where there are too many, that of "others".
    mutating func number(of origin: LoginOrigin) -> UInt32 {
        let source: Source
        let others: UInt32
        switch origin {
        // The settings' own log-ins are not in the table.
        case .settings: (source, others) = (.command(by: "settings"), 0)
        case .command(let name): (source, others) = (.command(by: name.cut(to: LoginLimits.sourceBytes)), 0)
        case .radius(let client, _): (source, others) = (.radius(client: client.cut(to: LoginLimits.sourceBytes)), 1)
        }
        if let number = numbers[source] { return number }
        guard sources.count < LoginLimits.sources else { return others }
        sources.append(source)
        numbers[source] = UInt32(sources.count - 1)
        return UInt32(sources.count - 1)
    }
}

extension String {
    /// The text without what is beyond so many bytes; no character is cut in two.
    func cut(to bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: bytes)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}

extension LoginOrigin {
    /// Of the session's name (FNV-1a); 0 where there is none.
    var sessionHash: UInt32 {
        guard case .radius(_, let session) = self, !session.isEmpty else { return 0 }
        var hash: UInt32 = 0x811C_9DC5
        for byte in session.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return max(1, hash)
    }
}
