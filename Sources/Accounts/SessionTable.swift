import Primitives

/// Sessions of local users: in memory only, so that a restart ends them all. Times come in (nanoseconds of a clock
/// that never goes back).
struct SessionTable: Sendable {
    /// Sessions at most; of one user at most. The one that was not used for longest makes room.
    /// - Limit: sessions |  | the one that was not used for longest makes room
    static let limit = 1000
    /// - Limit: sessions of one user |  | the same
    static let limitOfOne = 32

    struct Session: Hashable, Sendable {
        let number: UInt64
        let account: String
        /// "WebAdmin".
        let service: String
        /// From where it was begun.
        let from: String
        let begunAt: Timestamp
        let begun: Int64
        var lastUse: Int64
    }

    private var sessions: [[UInt8]: Session] = [:]
    private var numbers: UInt64 = 0

    var all: [Session] { sessions.values.sorted { $0.number < $1.number } }

    /// Begins a session; `digest` is that of its value.
    mutating func begin(
        _ digest: [UInt8], account: String, service: String, from: String, at time: Timestamp, now: Int64
    ) -> Session {
        let own = sessions.filter { $0.value.account == account }
        if own.count >= Self.limitOfOne { removeOldest(own) }
        if sessions.count >= Self.limit { removeOldest(sessions) }
        numbers += 1
        let session = Session(
            number: numbers, account: account, service: service, from: from, begunAt: time, begun: now, lastUse: now)
        sessions[digest] = session
        return session
    }

    /// The session of that digest, if it has not ended; it counts as used.
    mutating func use(_ digest: [UInt8], now: Int64, _ policy: AccountPolicy) -> Session? {
        guard var session = sessions[digest] else { return nil }
        guard !Self.isOver(session, now, policy) else {
            sessions[digest] = nil
            return nil
        }
        session.lastUse = now
        sessions[digest] = session
        return session
    }

    /// Ends a session; nil where there is none.
    mutating func end(_ number: UInt64) -> Session? {
        guard let found = sessions.first(where: { $0.value.number == number }) else { return nil }
        sessions[found.key] = nil
        return found.value
    }

    /// Ends all sessions of an account, but for one.
    mutating func end(account: String, but kept: UInt64? = nil) {
        sessions = sessions.filter { $0.value.account != account || $0.value.number == kept }
    }

    /// Ends the sessions whose time is over, and returns them.
    mutating func expire(now: Int64, _ policy: AccountPolicy) -> [Session] {
        let over = sessions.filter { Self.isOver($0.value, now, policy) }
        for digest in over.keys { sessions[digest] = nil }
        return over.values.sorted { $0.number < $1.number }
    }

    private static func isOver(_ session: Session, _ now: Int64, _ policy: AccountPolicy) -> Bool {
        now - session.lastUse >= policy.idleSeconds * 1_000_000_000
            || now - session.begun >= policy.sessionSeconds * 1_000_000_000
    }

    private mutating func removeOldest(_ candidates: [[UInt8]: Session]) {
        if let oldest = candidates.min(by: { $0.value.lastUse < $1.value.lastUse }) { sessions[oldest.key] = nil }
    }
}
