public import Users

extension GatewayEngine {
    /// Somebody learned who is where. From any thread; thousands of changes a second are meant to come in batches.
    public nonisolated func take(_ changes: [LoginChange]) { logins.take(changes) }
}
