import Alerts
public import ControlMessages
import Expressions
import LogFiles
import PacketStages
import Primitives
import Records
import Settings
import SystemCalls

extension GatewayEngine {
    public func alerts() async -> [AlertState] {
        let runners = Dictionary(alertService.all.map { ($0.rule.name, $0.report) }) { first, _ in first }
        return document.alerts.map { settings in
            var state = AlertState(
                name: settings.name.value, log: settings.log.value.rawValue,
                kind: settings.command.value.isEmpty ? "webhook" : "command")
            state.match = settings.match.value
            state.grep = settings.grep.value
            guard let report = runners[state.name] else { return state }
            state.matches = report.matches
            state.delivered = report.delivered
            state.failed = report.failed
            state.heldBack = report.heldBack
            state.missed = report.missed
            state.failure = report.failure
            return state
        }
    }

    /// Sends a message that only tries the way, and waits until it arrived or did not; half a minute at most.
    public func testAlert(_ name: String, by actor: ControlActor) async throws(ControlError) -> AlertState {
        guard let runner = alertService.all.first(where: { $0.rule.name == name }) else {
            throw ControlError(.notFound, "there is no alert \"\(name)\"; `gatelog alert list` shows those that are")
        }
        let before = runner.report
        runner.sendTest()
        note(actor, "alert \(name)", from: nil, to: "tested")
        var isDecided = false
        for _ in 0..<250 where !isDecided {
            try? await Task.sleep(for: .milliseconds(100))
            let report = runner.report
            isDecided = report.delivered + report.failed > before.delivered + before.failed
        }
        guard isDecided else {
            throw ControlError(
                .unavailable, "the message is still under way after 25 s; `gatelog alert list` shows what became of it")
        }
        guard let state = await alerts().first(where: { $0.name == name }) else {
            throw ControlError(.notFound, "the alert \"\(name)\" was removed meanwhile")
        }
        return state
    }

    /// Where the logs end before this run says anything: what it says may be worth an alert.
    func noteLogEnds() {
        for (name, writer) in logs.all {
            let end = try? LogReader(path: writer.path).page(LogSelection(), .end, limit: 1).next
            logEnds[name.rawValue] = end ?? .beginning
        }
    }

    /// Rules of all alerts of the settings, or what is wrong with them at its place.
    func alertRules(_ document: SettingsDocument) throws(EngineError) -> [AlertRule] {
        var rules: [AlertRule] = []
        for settings in document.alerts { rules.append(try alertRule(settings, document)) }
        return rules
    }

    /// Lets the alerts of the settings run, with the names that expressions may use now.
    func takeUpAlerts(_ rules: [AlertRule]) {
        guard areAlertsOn else { return }
        for name in standing.keys where name.hasPrefix("alert start ") { standing[name] = nil }
        for failure in alertService.configure(rules, starts: logEnds) {
            standing["alert start \(failure.name)"] = Condition(
                .alert, about: failure.name, "the alert \(failure.name) is not watched: \(failure.error)")
        }
    }

    /// Names that expressions may use have changed: alerts with an expression follow.
    func renewAlerts() {
        namesVersion += 1
        if let rules = try? alertRules(document) { takeUpAlerts(rules) }
    }

    private func alertRule(
        _ settings: AlertSettings, _ document: SettingsDocument
    ) throws(EngineError) -> AlertRule {
        var selection = LogSelection()
        selection.zone = document.logs.utc.value ? .utc : .local
        selection.pattern = settings.grep.value
        if let text = settings.match.value {
            selection.directory = makeDirectory()
            do {
                selection.expression = try Expression(parsing: text, directory: selection.directory)
            } catch {
                let message = "the expression cannot be used\n\(error.rendered(text))"
                throw EngineError("\(fault(at: settings.match.place, message))")
            }
        }
        let log = settings.log.value
        let rule = AlertRule(
            name: settings.name.value, origin: alertOrigin(settings, document),
            gateway: document.gateway.value ?? Machine.hostName, log: log.rawValue, path: logs[log].path,
            selection: selection, delivery: delivery(settings, document), rate: settings.rate.value,
            burst: settings.burst.value)
        do {
            try rule.check()
        } catch {
            throw EngineError("\(fault(at: settings.grep.place, "\(error)"))")
        }
        return rule
    }

    /// All that a rule is made of, so that one that did not change goes on undisturbed.
    private func alertOrigin(_ settings: AlertSettings, _ document: SettingsDocument) -> String {
        let key = ["alerts", settings.name.value]
        let values = document.effective.filter { $0.key.path.starts(with: key) || $0.key.path == ["gateway"] }
        let text = values.map { "\($0.key): \($0.value)" }.joined(separator: "\n") + "\n\(document.logs.utc.value)"
        guard settings.match.value != nil else { return text }
        // The names that an expression may use.
        var names = Hasher()
        for value in document.effective where ["groups", "interfaces", "services", "users"].contains(value.key.path[0])
        {
            names.combine(value)
        }
        return "\(text)\n\(names.finalize())\n\(namesVersion)"
    }

    private func delivery(_ settings: AlertSettings, _ document: SettingsDocument) -> AlertRule.Delivery {
        let limit = Int64(settings.timeout.value.milliseconds) * 1_000_000
        guard settings.command.value.isEmpty else {
            return .command(CommandOrder(words: settings.command.value, limit: limit))
        }
        let file = settings.urlFile.value.map { WebhookOrder.Address.file(document.resolved($0)) }
        return .webhook(
            WebhookOrder(
                address: file ?? .url(settings.url.value ?? ""),
                headersFile: settings.headersFile.value.map { document.resolved($0) },
                authorities: settings.authorities.value.map { document.resolved($0) }, limit: limit))
    }

    func alertConditions() -> [Condition.Key: Condition] {
        var found: [Condition.Key: Condition] = [:]
        for runner in alertService.all {
            let (name, report) = (runner.rule.name, runner.report)
            if let failure = report.failure {
                found["alert \(name)"] = Condition(
                    .alert, about: name, "the alert \(name) cannot be delivered: \(failure)",
                    remedy: "Mend it, and try it: gatelog alert test \(name).")
            }
            found["alert missed \(name)"] = Condition(
                .alert, about: name, "the alert \(name) passes lines over, for it is told of more than it can deliver",
                remedy: "Let fewer lines meet it.", losses: .init(total: report.missed, unit: "lines"))
        }
        return found
    }
}
