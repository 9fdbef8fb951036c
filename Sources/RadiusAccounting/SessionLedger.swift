import Primitives
import Users

/// A session of a client, or a client's device, as a number that nobody can choose: MD5 of its names behind a secret.
struct SessionKey: Hashable, Sendable {
    var high: UInt64
    var low: UInt64
}

/// One accounting packet that was found genuine and new.
struct AccountingEvent {
    var status: AccountingStatus
    var client: String
    var device: SessionKey
    var key: SessionKey
    var user: String
    var session: String
    var addresses: FramedAddresses
    /// When it happened.
    var time: Timestamp
    /// When we were told.
    var received: Timestamp
    /// Nanoseconds between interim updates, where the client says so.
    var interval: Int64?
}

/// The sessions that are open, by what clients told; says what changes with each packet. Bounded; knows no clock.
///
/// An address belongs to one session, the one that began last. Packets may come late and in any order: what happened
/// before a session's stop, or before its device began anew, changes nothing any more.
struct SessionLedger: ~Copyable {
    /// Most sessions at a time.
    static let sessionLimit = 1 << 18
    /// Stops and restarts that are remembered, so that what was overtaken by them is not believed.
    static let endLimit = 1 << 16
    static let deviceLimit = 1 << 12
    /// Interim updates at intervals before three missed ones count as a lost stop, and the least time for that.
    static let regularUpdates = 2
    static let leastPatience: Int64 = 600_000_000_000

    struct Session {
        var client: String
        var user: String
        /// Acct-Session-Id.
        var name: String
        var device: SessionKey
        var addresses = FramedAddresses()
        var heard: Int64
        /// The longest time between updates that told nothing new, and how many there were.
        var interval: Int64 = 0
        var updates = 0
    }

    private struct Owner {
        var key: SessionKey
        var since: Timestamp
    }

    enum Outcome {
        case applied
        case stale
        case withoutAddress
    }

    private var sessions: [SessionKey: Session] = [:]
    private var owners: [IPAddress: Owner] = [:]
    private var ends: SeededTable<Int64>
    private var restarts: SeededTable<Int64>
    private(set) var timedOut: UInt64 = 0

    var count: Int { sessions.count }

    init(seed: UInt64) {
        ends = SeededTable(capacity: Self.endLimit, seed: seed, vacantValue: 0)
        restarts = SeededTable(capacity: Self.deviceLimit, seed: ~seed, vacantValue: 0)
    }

    /// Whether a packet could be taken note of.
    func hasRoom(for event: AccountingEvent) -> Bool {
        switch event.status {
        case .start, .interim: sessions.count < Self.sessionLimit || sessions[event.key] != nil
        default: true
        }
    }

    /// Takes note of a packet, and appends what changes.
    mutating func apply(_ event: AccountingEvent, _ changes: inout [LoginChange]) -> Outcome {
        switch event.status {
        case .start, .interim: return renew(event, &changes)
        case .stop: return end(event, &changes)
        case .on, .off:
            restarts.store(event.time.nanoseconds, for: event.device.tableKey, at: event.received)
            endAll(at: event.time, &changes) { $0.device == event.device }
            return .applied
        case .other: return .applied
        }
    }

    /// Ends sessions that nobody renewed, `timeout` nanoseconds after they were heard of last. Looks at each.
    mutating func expire(at now: Timestamp, timeout: Int64, _ changes: inout [LoginChange]) {
        let before = sessions.count
        endAll(at: now, &changes) { session in
            let patience =
                session.updates >= Self.regularUpdates
                ? min(timeout, max(Self.leastPatience, Self.threefold(session.interval))) : timeout
            let (age, overflow) = now.nanoseconds.subtractingReportingOverflow(session.heard)
            return !overflow && age > patience
        }
        timedOut += UInt64(before - sessions.count)
    }

    /// Ends the sessions of clients that are no longer.
    mutating func keep(clients: Set<String>, at now: Timestamp, _ changes: inout [LoginChange]) {
        endAll(at: now, &changes) { !clients.contains($0.client) }
    }

    private static func threefold(_ interval: Int64) -> Int64 {
        let (product, overflow) = interval.multipliedReportingOverflow(by: 3)
        return overflow ? .max : product
    }

    private mutating func renew(_ event: AccountingEvent, _ changes: inout [LoginChange]) -> Outcome {
        if let end = ends.value(of: event.key.tableKey, at: event.received), event.time.nanoseconds <= end {
            return .stale
        }
        if let restart = restarts.value(of: event.device.tableKey, at: event.received),
            event.time.nanoseconds < restart
        {
            return .stale
        }
        var session =
            sessions[event.key]
            ?? Session(
                client: event.client, user: event.user, name: event.session, device: event.device,
                heard: event.received.nanoseconds)
        let isSame = session.user == event.user || event.user.isEmpty
        if !isSame { session.user = event.user }
        let before = session.addresses
        var wanted = event.addresses
        // A family that a packet does not speak of stays as it was.
        for index in 0..<before.count where !wanted.speaks(ofFamilyOf: before[index]) { wanted.add(before[index]) }
        for index in 0..<before.count where !wanted.contains(before[index]) {
            give(up: before[index], of: event.key, session, at: event.time, &changes)
        }
        var isNews = !isSame
        var taken = FramedAddresses()
        var overtaken = 0
        for index in 0..<wanted.count {
            let address = wanted[index]
            if let owner = owners[address], owner.key != event.key {
                guard owner.since <= event.time else {
                    overtaken += 1
                    continue
                }
                sessions[owner.key]?.addresses.remove(address)
            }
            let isKnown = before.contains(address) && owners[address]?.key == event.key
            if !isKnown { isNews = true }
            owners[address] = Owner(key: event.key, since: isKnown ? owners[address]!.since : event.time)
            taken.add(address)
            guard !session.user.isEmpty else { continue }
            changes.append(change(isKnown && isSame ? .refresh : .login, session, address, event.time))
        }
        session.addresses = taken
        note(event, isNews: isNews, in: &session)
        sessions[event.key] = session
        if taken.count == 0 { return overtaken > 0 ? .stale : .withoutAddress }
        return .applied
    }

    /// How often a client renews its sessions shows in the updates that tell nothing new.
    private func note(_ event: AccountingEvent, isNews: Bool, in session: inout Session) {
        let (gap, overflow) = event.received.nanoseconds.subtractingReportingOverflow(session.heard)
        session.heard = max(session.heard, event.received.nanoseconds)
        if let interval = event.interval, interval > 0 {
            session.interval = interval
            session.updates = Self.regularUpdates
        } else if event.status == .interim, !isNews, !overflow, gap > 0 {
            session.interval = max(session.interval, gap)
            session.updates += 1
        }
    }

    private mutating func end(_ event: AccountingEvent, _ changes: inout [LoginChange]) -> Outcome {
        ends.store(event.time.nanoseconds, for: event.key.tableKey, at: event.received)
        if let session = sessions.removeValue(forKey: event.key) {
            for index in 0..<session.addresses.count {
                give(up: session.addresses[index], of: event.key, session, at: event.time, &changes)
            }
            return .applied
        }
        // A session from before we began: whoever it was is gone, where nobody else has come since.
        guard !event.user.isEmpty else { return .applied }
        let session = Session(
            client: event.client, user: event.user, name: event.session, device: event.device, heard: 0)
        for index in 0..<event.addresses.count where owners[event.addresses[index]] == nil {
            changes.append(change(.logout, session, event.addresses[index], event.time))
        }
        return .applied
    }

    private mutating func endAll(
        at time: Timestamp, _ changes: inout [LoginChange], where isOver: (Session) -> Bool
    ) {
        let over = sessions.filter { isOver($0.value) }
        for (key, session) in over {
            sessions[key] = nil
            for index in 0..<session.addresses.count {
                give(up: session.addresses[index], of: key, session, at: time, &changes)
            }
        }
    }

    private mutating func give(
        up address: IPAddress, of key: SessionKey, _ session: Session, at time: Timestamp,
        _ changes: inout [LoginChange]
    ) {
        guard owners[address]?.key == key else { return }
        owners[address] = nil
        if !session.user.isEmpty { changes.append(change(.logout, session, address, time)) }
    }

    private func change(
        _ action: LoginChange.Action, _ session: Session, _ address: IPAddress, _ time: Timestamp
    ) -> LoginChange {
        LoginChange(
            action, user: session.user, address: address,
            origin: .radius(client: session.client, session: session.name), time: time)
    }
}

extension SessionKey {
    fileprivate var tableKey: TableKey { TableKey(high, low) }
}

extension FramedAddresses {
    /// Whether an address of the same family is among them.
    fileprivate func speaks(ofFamilyOf address: IPAddress) -> Bool {
        for index in 0..<count {
            switch (self[index], address) {
            case (.v4, .v4), (.v6, .v6): return true
            default: continue
            }
        }
        return false
    }
}
