public import ControlMessages
import Expressions
import LogFiles
import PacketStages
import Primitives
import Records
import Settings
import SyslogForwarding
import SystemCalls

extension GatewayEngine {
    /// Nanoseconds that the end of the daemon waits for receivers.
    static let syslogPatience: Int64 = 3_000_000_000
    /// A receiver that is away for less is no condition: it is being restarted.
    private static let syslogGrace: Int64 = 3_000_000_000

    public func syslog() async -> [SyslogState] { syslogStates }

    var syslogStates: [SyslogState] { syslogService.states.map(SyslogState.init) }

    public func testSyslog(_ name: String, by actor: ControlActor) async throws(ControlError) -> SyslogState {
        guard document.syslog.contains(where: { $0.name.value == name }) else {
            let names = document.syslog.map(\.name.value)
            let there = names.isEmpty ? "there are none in the settings (syslog)" : names.joined(separator: ", ")
            throw ControlError(.notFound, "there is no syslog receiver \"\(name)\"; \(there)")
        }
        do {
            try await syslogService.test(name, "Gatelog: a test message, asked for by \(actor.name)")
        } catch {
            throw ControlError(.unavailable, "the test message did not get to \(name): \(error)")
        }
        note(actor, "syslog \(name)", from: nil, to: "test message sent")
        guard let state = syslogStates.first(where: { $0.name == name }) else {
            throw ControlError(.notFound, "there is no syslog receiver \"\(name)\" any more")
        }
        return state
    }

    /// Takes the receivers' places in the logs; what is written from now on reaches them.
    func openSyslog() { syslogService.configure(syslogTargets(document), waits: true) }

    /// The receivers of settings that shall hold; throws which of their files cannot be used.
    func checkedSyslogTargets(_ next: SettingsDocument) throws(EngineError) -> [SyslogTarget] {
        let targets = syslogTargets(next)
        for (target, receiver) in zip(targets, next.syslog) {
            do {
                try SyslogService.check(target)
            } catch {
                let places = [receiver.authorities.place, receiver.certificate.place, receiver.key.place]
                let place = places.lazy.compactMap(\.self).first ?? receiver.name.place
                throw EngineError("\(next.error(at: place, "\(error)"))")
            }
        }
        return targets
    }

    private func syslogTargets(_ document: SettingsDocument) -> [SyslogTarget] {
        let gateway = document.gateway.value ?? Machine.hostName
        return document.syslog.map { receiver in
            let transport = receiver.transport.value
            return SyslogTarget(
                name: receiver.name.value, isEnabled: receiver.enabled.value, server: receiver.server.value,
                port: receiver.port.value ?? transport.standardPort, transport: transport,
                tls: SyslogTLSFiles(
                    authorities: receiver.authorities.value.map(document.resolved),
                    certificate: receiver.certificate.value.map(document.resolved),
                    key: receiver.key.value.map(document.resolved), serverName: receiver.serverName.value),
                logs: receiver.logs.value.map { syslogLog($0, receiver, gateway, document) },
                queue: receiver.queue.value.map { Int64($0.bytes) },
                zone: document.logs.utc.value ? .utc : .local)
        }
    }

    private func syslogLog(
        _ name: LogName, _ receiver: SyslogReceiverSettings, _ gateway: String, _ document: SettingsDocument
    ) -> SyslogTarget.Log {
        let writer = logs[name]
        let sender = SyslogSender(
            log: name.rawValue, gateway: gateway, host: receiver.hostname.value ?? gateway,
            application: receiver.application.value, format: receiver.format.value, body: receiver.body.value,
            facility: receiver.facility.value, severity: receiver.severity[name],
            enterprise: receiver.enterprise.value,
            size: receiver.size.value ?? receiver.transport.value.standardSize)
        var log = SyslogTarget.Log(path: writer.path, sender: sender) { writer.state.lines }
        if name == .connection {
            let services = Dictionary(document.services.map { ($0.name.value, $0.ports) }) { first, _ in first }
            log.service = { ConnectionThread.name(of: $0, services) }
        }
        return log
    }

    /// What an administrator should know of the receivers.
    func syslogConditions() -> [Condition.Key: Condition] {
        var found: [Condition.Key: Condition] = [:]
        let now = Clocks.wall
        for state in syslogService.states {
            let waits = state.waitingLines > 0 ? "; \(state.waitingLines) lines wait" : ""
            if let problem = state.problem, let since = state.problemSince,
                now.nanoseconds - since.nanoseconds >= Self.syslogGrace
            {
                found["syslog \(state.name)"] = Condition(
                    .syslog, about: state.name, "syslog \(state.name) (\(state.address)): \(problem)\(waits)",
                    remedy: "It is tried again by itself.")
            } else if state.stalledSince != nil {
                found["syslog \(state.name)"] = Condition(
                    .syslog, about: state.name, "syslog \(state.name) (\(state.address)) takes nothing\(waits)",
                    remedy: "Look whether the receiver is alive.")
            }
            found["syslog queue \(state.name)"] = Condition(
                .queueFull, about: "syslog \(state.name)",
                "lines for the syslog receiver \(state.name) are passed over: they were more than its queue, "
                    + "or they were removed before they were sent",
                remedy: "Bring it back, or give syslog.\(state.name).queue and the logs more room.",
                losses: .init(total: state.lost, unit: "lines"))
        }
        for receiver in document.syslog {
            for name in receiver.logs.value where document.logs[name].keep.value == 0 {
                let keep = document.logs[name].keep
                found["syslog keep \(receiver.name.value) \(name)"] = Condition(
                    .settings, about: "syslog \(receiver.name.value)",
                    "\(fault(at: keep.place, "no rotated file of the \(name) log is kept, so what waits for the syslog receiver \(receiver.name.value) is lost with each rotation; keep at least 1"))"
                )
            }
        }
        return found
    }
}

extension SyslogState {
    fileprivate init(_ state: SyslogReceiverState) {
        let word =
            switch state.phase {
            case .off: "off"
            case .connecting where state.problem == nil: "connecting"
            case .connected where state.stalledSince != nil: "connected, takes nothing"
            case .connected where state.problem == nil: "connected"
            case .connecting, .pausing, .connected: state.problem ?? "connecting"
            }
        self.init(name: state.name, address: state.address, state: word)
        sent = state.sent
        bytes = state.bytes
        waitingBytes = state.waitingBytes
        waitingLines = state.waitingLines
        oldest = state.oldest.map { EventTimes.text($0) }
        lost = state.lost
        cut = state.cut
        lastError = state.lastError
    }
}
