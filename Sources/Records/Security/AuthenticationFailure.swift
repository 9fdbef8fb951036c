import Primitives

/// Somebody who was not let in, as the Security log has it.
public struct AuthenticationFailure: Hashable, Sendable {
    /// What he wanted to use.
    public enum Service: String, Hashable, Sendable, CaseIterable {
        /// The administration page.
        case webAdmin = "WebAdmin"
        /// The users' login page.
        case webInterface = "WebInterface"
        case proxy = "HTTP Proxy"
        /// Any VPN.
        case vpn = "VPN Client"
        /// The console.
        case admin = "Admin"
        /// The API, by a token.
        case api = "API"

        /// As a line has it. WinRoute calls the proxy by a shorter name; the others are the same there.
        public func name(_ dialect: LogDialect) -> String {
            self == .proxy && dialect == .winroute ? "Proxy" : rawValue
        }
    }

    public enum Reason: Hashable, Sendable {
        case unknownUser(String)
        case wrongPassword(String)
        case disabled(String)
        /// After so many failures; `attempts` of them are told of in this line.
        case blocked(after: Int, attempts: Int)
        case unknownToken(attempts: Int)
        case expiredToken(String, attempts: Int)
        /// The user who made the token is gone, or is disabled.
        case ownerGone(token: String, owner: String, attempts: Int)
    }

    public var service: Service
    /// The address that he came from, or from where else.
    public var client: String
    public var reason: Reason

    public init(service: Service, client: String, reason: Reason) {
        self.service = service
        self.client = client
        self.reason = reason
    }

    /// `Authentication: WebAdmin: Client: 192.0.2.7: Invalid password for user jane`; what came from the network is
    /// escaped.
    public func text(_ dialect: LogDialect) -> String {
        "Authentication: \(service.name(dialect)): Client: \(harmless(client)): \(reason.text)"
    }

    /// The members of the record beside time and kind.
    public var fields: RecordFields {
        var fields = RecordFields()
        fields.add("event", "authentication")
        fields.add("service", service.rawValue)
        fields.add("reason", reason.text)
        if IPAddress(parsing: client) != nil {
            fields.add("source_ip", client)
        } else {
            fields.add("from", client)
        }
        if let user = reason.user { fields.add("source_user", user) }
        return fields
    }
}

extension AuthenticationFailure.Reason {
    var text: String {
        switch self {
        case .unknownUser(let name): "User \(harmless(name)) doesn't exist"
        case .wrongPassword(let name): "Invalid password for user \(harmless(name))"
        case .disabled(let name): "User \(harmless(name)) is disabled"
        case .blocked(let failures, let attempts):
            "Address is blocked after \(failures) failed logins" + Self.more(attempts)
        case .unknownToken(let attempts): "Unknown token" + Self.more(attempts)
        case .expiredToken(let name, let attempts): "Token \(harmless(name)) has expired" + Self.more(attempts)
        case .ownerGone(let token, let owner, let attempts):
            "Token \(harmless(token)) belongs to user \(harmless(owner)), who may not log in" + Self.more(attempts)
        }
    }

    var user: String? {
        switch self {
        case .unknownUser(let name), .wrongPassword(let name), .disabled(let name): name
        case .ownerGone(_, let owner, _): owner
        case .blocked, .unknownToken, .expiredToken: nil
        }
    }

    private static func more(_ attempts: Int) -> String { attempts > 1 ? " (\(attempts) attempts)" : "" }
}

/// What somebody typed, so that it stays in its line and is no longer than a name may be.
private func harmless(_ text: String) -> String {
    let longest = 255
    let short = text.utf8.count > longest ? String(decoding: text.utf8.prefix(longest), as: UTF8.self) + "..." : text
    return String(appending: { $0.append(escaping: short) })
}
