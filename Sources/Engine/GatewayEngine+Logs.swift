public import ControlMessages
import LogFiles
import LogIndex
import Settings

extension GatewayEngine {
    public func logs() async -> [LogState] { logs.all.map { LogState($0.name, $0.writer) } }

    public func clearLog(_ name: String, by actor: ControlActor) async throws(ControlError) {
        let writer = logs[try log(named: name)]
        let before = writer.state
        do {
            try writer.clear()
        } catch {
            throw ControlError(.unavailable, "the \(name) log could not be cleared: \(error)")
        }
        note(actor, "log \(name)", from: "\(before.bytes) bytes in \(before.segments + 1) files", to: "cleared")
    }

    /// The log of that name.
    nonisolated func log(named name: String) throws(ControlError) -> LogName {
        if let found = LogName(rawValue: name) { return found }
        let names = LogName.allCases.map(\.rawValue).joined(separator: ", ")
        throw ControlError(.notFound, "there is no log \"\(name)\"; there are \(names)")
    }
}
