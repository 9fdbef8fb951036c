public import Flows
public import Primitives

/// What an FTP control connection did that no honest one does.
public struct FTPFinding: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable {
        /// The client asks the server to connect to somebody else, or to a low port (RFC 2577 section 3).
        case bounce
        /// The server sends the client to somebody else.
        case maliciousReply
    }

    public var kind: Kind
    /// The command or reply as it was sent, without its line end: hostile bytes, at most `FTPInspector.lineLimit`.
    public var line: [UInt8]
}

/// Pairs of addresses that are the same host on both sides of a translation: neither is foreign to the other.
public struct TranslatedAddresses: Sendable {
    private var pairs: [IPAddress: Set<IPAddress>] = [:]

    public init() {}

    public mutating func insert(_ one: IPAddress, _ other: IPAddress) {
        pairs[one, default: []].insert(other)
        pairs[other, default: []].insert(one)
    }

    public func contains(_ one: IPAddress, _ other: IPAddress) -> Bool { pairs[one]?.contains(other) ?? false }
}

/// Reads FTP control connections (RFC 959): commands that make a server attack others, and replies that send clients
/// elsewhere. Commands may be split over segments, sent many at a time, and hold Telnet's escapes. A connection that
/// goes over to TLS (RFC 4217) is not read any further.
///
/// Owned by one worker. Keeps two lines of a conversation, and only while they are not whole.
public struct FTPInspector: ~Copyable {
    /// Bytes of a line that are looked at and told.
    public static var lineLimit: Int { LineAssembler.lineLimit }

    private struct Conversation {
        var client: IPAddress
        var server: IPAddress
        var fromClient = LineAssembler()
        var fromServer = LineAssembler()
        /// Speaks FTP as far as is known; where any port is looked at, this has to be shown first.
        var isKnown: Bool
        /// The client has asked for TLS.
        var asksForTLS = false
    }

    /// What the last bytes showed.
    public private(set) var findings: [FTPFinding] = []
    private var conversations: [Conversation?] = []
    private var free: [Int32] = []

    public init() {}

    /// Begins with a conversation: the number that it is asked by. `isExpected` is true where its port is one of FTP.
    public mutating func begin(client: IPAddress, server: IPAddress, isExpected: Bool) -> Int32 {
        let conversation = Conversation(client: client, server: server, isKnown: isExpected)
        if let number = free.popLast() {
            conversations[Int(number)] = conversation
            return number
        }
        conversations.append(conversation)
        return Int32(conversations.count - 1)
    }

    public mutating func end(_ number: Int32) {
        conversations[Int(number)] = nil
        free.append(number)
    }

    /// Takes the next bytes of a conversation's stream; what they show stands in `findings`. False where nothing more
    /// of it has to be read: it is encrypted from now on, or it is not FTP.
    public mutating func take(
        _ bytes: RawSpan, _ direction: StreamDirection, of number: Int32, translated: TranslatedAddresses
    ) -> Bool {
        findings.removeAll(keepingCapacity: true)
        guard var conversation = conversations[Int(number)].take() else { return false }
        defer { conversations[Int(number)] = conversation }
        var place = 0
        while place < bytes.byteCount {
            if direction == .toServer {
                guard conversation.fromClient.take(bytes, from: &place) else { break }
                guard readCommand(&conversation, translated) else { return false }
            } else {
                guard conversation.fromServer.take(bytes, from: &place) else { break }
                guard readReply(&conversation, translated) else { return false }
            }
        }
        return true
    }

    /// Bytes of a stream are missing.
    public mutating func miss(_ direction: StreamDirection, of number: Int32) {
        if direction == .toServer {
            conversations[Int(number)]?.fromClient.tear()
        } else {
            conversations[Int(number)]?.fromServer.tear()
        }
    }

    private mutating func readCommand(_ conversation: inout Conversation, _ translated: TranslatedAddresses) -> Bool {
        let text = TelnetText.text(of: conversation.fromClient.line)
        let command = text.drop { $0 == 32 || $0 == 9 || $0 == 0 }
        let verb = command.prefix { $0 > 32 }.map { $0 & 0xDF }
        if !conversation.isKnown {
            guard FTPInspector.firstVerbs.contains(String(decoding: verb, as: UTF8.self)) else { return false }
            conversation.isKnown = true
        }
        let argument = command.dropFirst(verb.count).drop { $0 == 32 || $0 == 9 }
        switch String(decoding: verb, as: UTF8.self) {
        case "PORT": check(FTPEndpoint(commas: argument), of: conversation, translated)
        case "EPRT": check(FTPEndpoint(delimited: argument), of: conversation, translated)
        case "LPRT": check(FTPEndpoint(long: argument), of: conversation, translated)
        case "AUTH": conversation.asksForTLS = true
        default: break
        }
        return true
    }

    /// Where the client says that it listens.
    private mutating func check(
        _ endpoint: FTPEndpoint?, of conversation: Conversation, _ translated: TranslatedAddresses
    ) {
        guard let endpoint, let address = endpoint.address else { return }
        let isOwn = FTPInspector.isSame(address, conversation.client, translated)
        // Nobody but a system's own services listens below 1024.
        if !isOwn || endpoint.port < 1024 {
            findings.append(FTPFinding(kind: .bounce, line: conversation.fromClient.line))
        }
    }

    private mutating func readReply(_ conversation: inout Conversation, _ translated: TranslatedAddresses) -> Bool {
        let text = TelnetText.text(of: conversation.fromServer.line)
        let code = text.prefix(3)
        guard text.count >= 4, text[3] == 32 || text[3] == 45 else { return true }
        let rest = text.dropFirst(4)
        switch String(decoding: code, as: UTF8.self) {
        case "220": return true
        case "234", "334", "235": return !conversation.asksForTLS
        case "227": check(FTPEndpoint(commas: rest), repliedTo: conversation, translated)
        case "228": check(FTPEndpoint(long: rest), repliedTo: conversation, translated)
        case "229":
            let inner = rest.firstIndex(of: UInt8(ascii: "(")).map { rest[($0 + 1)...] } ?? rest
            check(FTPEndpoint(delimited: inner), repliedTo: conversation, translated)
        default: break
        }
        return true
    }

    /// Where the server says that it listens.
    private mutating func check(
        _ endpoint: FTPEndpoint?, repliedTo conversation: Conversation, _ translated: TranslatedAddresses
    ) {
        guard let address = endpoint?.address, !FTPInspector.isSame(address, conversation.server, translated) else {
            return
        }
        findings.append(FTPFinding(kind: .maliciousReply, line: conversation.fromServer.line))
    }

    private static func isSame(
        _ told: IPAddress, _ real: IPAddress, _ translated: TranslatedAddresses
    ) -> Bool {
        told == real || unmapped(told) == unmapped(real) || translated.contains(told, real)
    }

    /// IPv4 as IPv6 writes it (RFC 4291 section 2.5.5.2) is IPv4.
    private static func unmapped(_ address: IPAddress) -> IPAddress {
        guard case .v6(let six) = address, six.number >> 32 == 0xFFFF else { return address }
        return .v4(IPv4Address(UInt32(truncatingIfNeeded: six.number)))
    }

    /// What a client may begin with on a port that nobody told to be FTP's.
    private static let firstVerbs: Set<String> = ["USER", "AUTH", "FEAT", "HOST", "OPTS", "SYST", "CLNT", "ADAT"]
}
