import Accounts
public import ControlMessages
import Expressions
import LogFiles
import Records
import Settings
import Synchronization

extension GatewayEngine {
    /// Takes over what settings say that the engine itself has to keep: packet logging, what holds for log-ins.
    func takeUpSettings(_ document: SettingsDocument) throws(EngineError) {
        localUsers.configure(AccountPolicy(document.accounts))
        dialect.withLock { $0 = LogDialect(document.logs.dialect.value) }
        try takeUpIPLogPackets(document)
        let setting = document.packetLog.expression
        guard let text = setting.value, !text.isEmpty else {
            packetLog = nil
            return
        }
        let directory = makeDirectory()
        do {
            let expression = try Expression(parsing: text, directory: directory)
            // The same expression goes on counting.
            let counter = packetLog?.expression.text == text ? packetLog?.counter : nil
            packetLog = PacketLogging(expression: expression, counter: counter ?? TapCounter())
        } catch {
            throw EngineError("\(fault(at: setting.place, "the expression cannot be used\n\(error.rendered(text))"))")
        }
    }

    public func packetLog() async -> PacketLogState {
        guard let packetLog else { return PacketLogState(expression: nil) }
        var state = PacketLogState(expression: packetLog.expression.text)
        let report = report(on: packetLog.expression)
        state.meaning = report.meaning
        state.warnings = report.warnings
        state.matches = packetLog.counter.matches.load(ordering: .relaxed)
        state.suppressed = logs[.debug].state.suppressed
        return state
    }

    public func setPacketLog(
        _ expression: String?, by actor: ControlActor
    ) async throws(ControlError) -> PacketLogState {
        let key = settingsKey("packet_log.expression")
        if let expression, !expression.allSatisfy(\.isWhitespace) {
            _ = try parse(expression)
            try await change(.setText(key, expression), by: actor)
        } else {
            try await change(.set(key, yaml: "none"), by: actor)
        }
        return await packetLog()
    }

    public func explain(_ expression: String) async throws(ControlError) -> ExpressionReport {
        report(on: try parse(expression))
    }

    /// Reads an expression as it stands in a request; the error is drawn with its carets.
    func parse(_ text: String) throws(ControlError) -> Expression {
        do {
            return try Expression(parsing: text, directory: makeDirectory())
        } catch {
            throw ControlError(.invalid, error.rendered(text))
        }
    }

    func report(on expression: Expression) -> ExpressionReport {
        ExpressionReport(
            canonical: expression.canonical, meaning: expression.sentences(directory: plan.directory),
            warnings: expression.warnings.map { "\($0.message)" })
    }
}
