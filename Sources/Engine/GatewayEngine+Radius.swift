import ControlMessages
import Primitives
import RadiusAccounting
import Settings
import SystemCalls

extension GatewayEngine {
    /// What the settings say of RADIUS; nil where there are no clients. Reads files of secrets; throws what is wrong, at
    /// its place.
    func makeRadius(_ document: SettingsDocument) throws(EngineError) -> AccountingServer.Configuration? {
        let settings = document.radius
        guard !settings.clients.isEmpty else { return nil }
        var clients: [RadiusClient] = []
        for client in settings.clients {
            clients.append(
                RadiusClient(
                    name: client.name.value, addresses: client.addresses.value,
                    secret: RadiusSecret(try secret(of: client, document)),
                    requiresTimestamp: client.requiresTimestamp.value))
        }
        let policy = AccountingPolicy(
            timeout: Int64(settings.timeout.value.milliseconds) * 1_000_000,
            maxAge: settings.maxAge.value.map { Int64($0.seconds) },
            removesRealms: settings.realms.value == .remove)
        return AccountingServer.Configuration(
            clients: RadiusClients(clients), policy: policy, addresses: settings.listen.value,
            port: UInt16(clamping: settings.port.value))
    }

    private func secret(
        of client: RadiusClientSettings, _ document: SettingsDocument
    ) throws(EngineError) -> [UInt8] {
        if let secret = client.secret.value { return Array(secret.revealed.utf8) }
        let path = document.resolved(client.secretFile.value ?? "")
        let problem: String
        do {
            let bytes = try Paths.contents(path, limit: 64 << 10)
            let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
            if 1...RadiusSecret.longest ~= line.count { return Array(line) }
            problem = "its first line has \(line.count) bytes; a secret has 1 to \(RadiusSecret.longest)"
        } catch {
            problem = "\(error)"
        }
        let place = client.secretFile.place ?? client.name.place
        throw EngineError(
            "\(document.error(at: place, "the secret of the RADIUS client \"\(client.name.value)\" cannot be read: \(problem)"))"
        )
    }

    /// Listens as the settings want it, or no more. Who is logged in stays so while the clients stay.
    func applyRadius(_ configuration: AccountingServer.Configuration?) {
        standing["radius"] = nil
        switch (radius, configuration) {
        case (let server?, let configuration?): server.configure(configuration)
        case (let server?, nil):
            // Without clients all sessions end, and are handed over as such.
            server.configure(
                AccountingServer.Configuration(
                    clients: RadiusClients([]), policy: AccountingPolicy(timeout: .max, maxAge: nil), addresses: [],
                    port: 1813))
            server.stop()
            radius = nil
        case (nil, let configuration?):
            do {
                radius = try AccountingServer(configuration, seed: .random(in: 0 ... .max)) { [weak self] changes in
                    self?.take(changes)
                }
            } catch {
                standing["radius"] = Condition(.radius, "RADIUS accounting could not be started: \(error)")
            }
        case (nil, nil): break
        }
    }

    /// Begins to listen. A secret that cannot be read keeps nobody from capturing.
    func startRadius() {
        do {
            applyRadius(try makeRadius(document))
        } catch {
            standing["radius"] = Condition(
                .radius, "RADIUS accounting is not listened for: \(error)",
                remedy: "Mend it and read the settings again: gatelog settings reload.")
        }
    }

    var radiusState: RadiusState? {
        guard let report = radius?.report else { return nil }
        var state = RadiusState()
        state.listening = report.listening
        state.sessions = report.sessions
        state.timedOut = report.timedOut
        state.unknownClients = report.strangers
        state.dropped = report.dropped
        state.clients = report.clients.map(RadiusClientState.init)
        return state
    }

    /// What an administrator should know of RADIUS: wrong secrets, strangers, clocks.
    func radiusConditions() -> [Condition.Key: Condition] {
        guard let report = radius?.report else { return [:] }
        var found: [Condition.Key: Condition] = [:]
        if let problem = report.problem {
            found["radius socket"] = Condition(
                .radius, about: "socket", "RADIUS accounting is not listened for: \(problem)",
                remedy: "It is tried again every 3 s.")
        }
        found["radius dropped"] = losses(
            report.dropped, about: "socket", "RADIUS packets are lost in the kernel, for nobody took them in time")
        found["radius strangers"] = losses(
            report.strangers, about: "unknown client",
            "RADIUS packets from \(place(report.stranger)), which is no client, are not answered",
            remedy: "Add it under radius.clients, or keep it out.")
        for client in report.clients {
            let (name, counters) = (client.name, client.counters)
            found["radius secret \(name)"] = losses(
                counters.badAuthenticators, about: name,
                "RADIUS packets from \(place(client.badAuthenticator)) do not prove that they come from the client \"\(name)\"",
                remedy: "Its secret here and there differ, or somebody forges packets.")
            found["radius replay \(name)"] = losses(
                counters.replays, about: name,
                "RADIUS packets of the client \"\(name)\" come a second time from \(place(client.replay)) and are refused",
                remedy: "Somebody replays them.")
            found["radius time \(name)"] = losses(
                counters.untimely, about: name,
                "RADIUS packets of the client \"\(name)\" from \(place(client.untimely)) \(age(client.untimely)) and are refused",
                remedy: "Set its clock (NTP); or somebody replays them.")
            found["radius room \(name)"] = losses(
                counters.refused, about: name,
                "RADIUS packets of the client \"\(name)\" find no room: there are \(report.sessions) sessions",
                remedy: "Lower radius.timeout if their stops are lost.")
        }
        return found
    }

    private func losses(
        _ count: UInt64, about subject: String, _ text: String, remedy: String = ""
    ) -> Condition {
        Condition(.radius, about: subject, text, remedy: remedy, losses: .init(total: count, unit: "packets"))
    }

    private func place(_ incident: AccountingIncident?) -> String { incident.map { "\($0.address)" } ?? "nobody" }

    private func age(_ incident: AccountingIncident?) -> String {
        switch incident?.age {
        case nil: "have no Event-Timestamp"
        case let age? where age < 0: "are \(0 - age) s ahead of our clock"
        case let age?: "are \(age) s old"
        }
    }
}

extension RadiusClientState {
    init(_ client: AccountingReport.Client) {
        self.init(name: client.name)
        let counters = client.counters
        requests = counters.requests
        responses = counters.responses
        starts = counters.starts
        interims = counters.interims
        stops = counters.stops
        restarts = counters.restarts
        others = counters.others
        duplicates = counters.duplicates
        replays = counters.replays
        untimely = counters.untimely
        stale = counters.stale
        badAuthenticators = counters.badAuthenticators
        malformed = counters.malformed
        withoutAddress = counters.withoutAddress
        refused = counters.refused
    }
}
