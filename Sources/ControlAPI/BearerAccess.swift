public import ControlMessages

/// Access by what is shown: `Authorization: Bearer VALUE` of a session or a token counts in place of the process that
/// sends it, wherever there is one; else the process itself counts.
public struct BearerAccess: ControlAccess {
    private let peers: any ControlAccess
    private let accounts: any AccountControl

    public init(_ accounts: any AccountControl, else peers: any ControlAccess) {
        self.accounts = accounts
        self.peers = peers
    }

    public func caller(_ credentials: ControlCredentials) throws(ControlError) -> ControlCaller {
        guard let authorization = credentials.authorization else { return try peers.caller(credentials) }
        let words = authorization.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "bearer" else {
            throw ControlError(.unauthenticated, "the header is to be: Authorization: Bearer TOKEN")
        }
        // Only the page's process is believed from where its clients come.
        let isDoor = (try? peers.caller(credentials))?.isDoor ?? false
        return try accounts.caller(
            bearer: String(words[1]), client: isDoor ? credentials.client : nil,
            from: PeerAccess.actor(credentials.peer).from)
    }
}
