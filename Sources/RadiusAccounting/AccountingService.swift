public import Primitives
public import Users

/// How packets are judged.
public struct AccountingPolicy: Hashable, Sendable {
    /// Nanoseconds that a session lasts that nobody renews.
    public var timeout: Int64
    /// Seconds that a packet may be old, or ahead, by its own time; nil is no limit.
    public var maxAge: Int64?
    /// Users are called without their realms.
    public var removesRealms: Bool

    public init(timeout: Int64, maxAge: Int64?, removesRealms: Bool = false) {
        self.timeout = timeout
        self.maxAge = maxAge
        self.removesRealms = removesRealms
    }
}

/// RADIUS accounting without its socket and without a clock (RFC 2866): a datagram goes in; an answer, and changes of
/// who is where, come out.
///
/// What cannot be proved to come from a client is not answered, as the RFCs want it, and counted. Everything that
/// packets make grow is bounded.
public struct AccountingService: ~Copyable {
    private typealias Sender = (address: IPAddress, port: UInt16)

    private var clients = RadiusClients([])
    private var policy: AccountingPolicy
    private var ledger: SessionLedger
    private var replays: ReplayGuard
    private let salt: [UInt8]
    private var reports: [AccountingReport.Client] = []
    private var strangers: UInt64 = 0
    private var stranger: AccountingIncident?
    private var changes: [LoginChange] = []

    /// A service that knows no clients yet. `seed` is secret and new for each run.
    public init(_ policy: AccountingPolicy, seed: UInt64) {
        self.policy = policy
        ledger = SessionLedger(seed: seed)
        replays = ReplayGuard(seed: seed &+ 1)
        salt = (0..<8).map { UInt8(truncatingIfNeeded: seed >> ($0 * 8)) }
    }

    /// Goes on with other clients: sessions of those that are no longer end, counts of those that stay go on.
    public mutating func configure(_ clients: RadiusClients, _ policy: AccountingPolicy, at now: Timestamp) {
        self.clients = clients
        self.policy = policy
        let before = Dictionary(reports.map { ($0.name, $0) }) { first, _ in first }
        reports = clients.all.map { before[$0.name] ?? AccountingReport.Client(name: $0.name) }
        ledger.keep(clients: Set(clients.all.map(\.name)), at: now, &changes)
    }

    /// Ends sessions that nobody renewed.
    public mutating func expire(at now: Timestamp) {
        ledger.expire(at: now, timeout: policy.timeout, &changes)
    }

    /// What changed since the last call.
    public mutating func takeChanges() -> [LoginChange] {
        defer { changes.removeAll(keepingCapacity: true) }
        return changes
    }

    /// What happened so far; the socket's facts are empty.
    public var report: AccountingReport {
        var report = AccountingReport()
        report.clients = reports
        report.strangers = strangers
        report.stranger = stranger
        report.sessions = ledger.count
        report.timedOut = ledger.timedOut
        return report
    }

    /// Takes a datagram. True where `response` is to be sent back: what it held before is gone.
    public mutating func receive(
        _ bytes: RawSpan, from address: IPAddress, port: UInt16, at now: Timestamp, response: inout ByteBuffer
    ) -> Bool {
        guard let index = clients.index(of: address) else {
            strangers += 1
            stranger = AccountingIncident(time: now, address: address)
            return false
        }
        reports[index].counters.requests += 1
        do throws(RadiusFault) {
            let packet = try RadiusPacket(bytes)
            guard try judge(packet, bytes, index, (address, port), now) else { return false }
            let isSigned = messageAuthenticator(of: packet, bytes) != nil
            clients.all[index].secret.writeResponse(to: packet, bytes, signed: isSigned, into: &response)
            reports[index].counters.responses += 1
            return true
        } catch {
            reports[index].counters.malformed += 1
            return false
        }
    }

    private mutating func judge(
        _ packet: RadiusPacket, _ bytes: RawSpan, _ index: Int, _ sender: Sender, _ now: Timestamp
    ) throws(RadiusFault) -> Bool {
        switch packet.code {
        case .accountingRequest: return try account(packet, bytes, index, sender, now)
        case .statusServer: return tellStatus(packet, bytes, index, sender.address, now)
        default: throw .code(packet.code)
        }
    }

    /// "Are you there?" (RFC 5997): answered where it is signed.
    private mutating func tellStatus(
        _ packet: RadiusPacket, _ bytes: RawSpan, _ index: Int, _ address: IPAddress, _ now: Timestamp
    ) -> Bool {
        guard let place = messageAuthenticator(of: packet, bytes),
            clients.all[index].secret.signs(packet, bytes, at: place)
        else {
            noteForgery(index, address, now)
            return false
        }
        reports[index].counters.others += 1
        return true
    }

    private mutating func account(
        _ packet: RadiusPacket, _ bytes: RawSpan, _ index: Int, _ sender: Sender,
        _ now: Timestamp
    ) throws(RadiusFault) -> Bool {
        let client = clients.all[index]
        guard client.secret.authenticates(packet, bytes) else {
            noteForgery(index, sender.address, now)
            return false
        }
        let request = try AccountingRequest(packet, bytes)
        if let place = request.messageAuthenticator, !client.secret.signs(packet, bytes, at: place) {
            noteForgery(index, sender.address, now)
            return false
        }
        guard isTimely(request, client, index, sender.address, now) else { return false }
        let event = event(request, bytes, client, now)
        guard ledger.hasRoom(for: event) else {
            reports[index].counters.refused += 1
            reports[index].refused = AccountingIncident(time: now, address: sender.address)
            return false
        }
        let authenticator = (bytes.big64(at: 4), bytes.big64(at: 12))
        switch replays.judge(authenticator, from: sender.address, port: sender.port, at: now) {
        case .duplicate:
            reports[index].counters.duplicates += 1
            return true
        case .replay:
            reports[index].counters.replays += 1
            reports[index].replay = AccountingIncident(time: now, address: sender.address)
            return false
        case .new: break
        }
        apply(event, index)
        return true
    }

    private mutating func apply(_ event: AccountingEvent, _ index: Int) {
        switch event.status {
        case .start: reports[index].counters.starts += 1
        case .interim: reports[index].counters.interims += 1
        case .stop: reports[index].counters.stops += 1
        case .on, .off: reports[index].counters.restarts += 1
        case .other: reports[index].counters.others += 1
        }
        switch ledger.apply(event, &changes) {
        case .applied: break
        case .stale: reports[index].counters.stale += 1
        case .withoutAddress: reports[index].counters.withoutAddress += 1
        }
    }

    /// A packet was sent when its event happened and its client had tried for as long as it says.
    private mutating func isTimely(
        _ request: AccountingRequest, _ client: RadiusClient, _ index: Int, _ address: IPAddress, _ now: Timestamp
    ) -> Bool {
        var age: Int64?
        if let time = request.eventTime {
            guard let limit = policy.maxAge else { return true }
            let behind = now.seconds - Int64(time)
            age = behind
            if behind - Int64(request.delay) <= limit, behind >= -limit { return true }
        } else if !client.requiresTimestamp {
            return true
        }
        reports[index].counters.untimely += 1
        reports[index].untimely = AccountingIncident(time: now, address: address, age: age)
        return false
    }

    private mutating func noteForgery(_ index: Int, _ address: IPAddress, _ now: Timestamp) {
        reports[index].counters.badAuthenticators += 1
        reports[index].badAuthenticator = AccountingIncident(time: now, address: address)
    }

    private func messageAuthenticator(of packet: RadiusPacket, _ bytes: RawSpan) -> Range<Int>? {
        var offset = RadiusPacket.headerLength
        while let attribute = packet.next(bytes, &offset) {
            if attribute.type == .messageAuthenticator, attribute.value.count == 16 { return attribute.value }
        }
        return nil
    }

    private func event(
        _ request: AccountingRequest, _ bytes: RawSpan, _ client: RadiusClient, _ now: Timestamp
    ) -> AccountingEvent {
        let told = request.eventTime.map { Timestamp(seconds: Int64($0)) }
        let guessed = Timestamp(seconds: now.seconds - Int64(request.delay), nanoseconds: now.fraction)
        return AccountingEvent(
            status: request.status, client: client.name,
            device: key(client, request.nas, 0..<0, bytes), key: key(client, request.nas, request.session, bytes),
            user: RadiusText.name(bytes.extracting(request.user), withoutRealm: policy.removesRealms),
            session: RadiusText.shown(bytes.extracting(request.session)), addresses: request.addresses,
            time: min(told ?? guessed, now), received: now,
            interval: request.interval.map { Int64($0) * 1_000_000_000 })
    }

    private func key(
        _ client: RadiusClient, _ nas: Range<Int>, _ session: Range<Int>, _ bytes: RawSpan
    ) -> SessionKey {
        var hash = MD5Hasher()
        hash.add(salt)
        hash.add(Array(client.name.utf8))
        // No name has a zero, and the lengths of the others are told.
        hash.add([0, UInt8(truncatingIfNeeded: nas.count)])
        hash.add(bytes.extracting(nas))
        hash.add([UInt8(truncatingIfNeeded: session.count)])
        hash.add(bytes.extracting(session))
        let digest = hash.digest()
        return SessionKey(high: digest.span.bytes.big64(at: 0), low: digest.span.bytes.big64(at: 8))
    }
}
