import Primitives
import SystemCalls

/// Runs an alert's program: no shell, the message on its standard input and in its environment, killed with all that it
/// started when its time is over.
struct CommandDelivery {
    let order: CommandOrder

    /// Called on a thread that may wait; false where `stop` was signalled before the program had ended.
    func deliver(_ message: AlertMessage, stop: borrowing Wakeup) throws(AlertError) -> Bool {
        guard let path = order.words.first else { throw AlertError("the command is empty") }
        ProgramRun.dropGrantedCapabilities()
        let run = ProgramRun(
            path: path, arguments: Array(order.words.dropFirst()), environment: message.environment,
            input: Array((message.json + "\n").utf8), limit: order.limit)
        let outcome: ProgramRun.Outcome
        do {
            outcome = try run.run(stop: stop)
        } catch {
            throw AlertError("\(path) could not be run: \(error.errno)")
        }
        switch outcome.ending {
        case .exited(0): return true
        case .stopped: return false
        case .exited(let status): throw AlertError("\(path) ended with status \(status)\(Self.said(outcome))")
        case .killed(let signal): throw AlertError("\(path) was ended by signal \(signal)\(Self.said(outcome))")
        case .timedOut:
            throw AlertError(
                "\(path) took longer than \(order.limit / 1_000_000_000) s, and was killed\(Self.said(outcome))")
        }
    }

    /// The last line that it printed, harmless and short.
    private static func said(_ outcome: ProgramRun.Outcome) -> String {
        let lines = outcome.output.split(separator: UInt8(ascii: "\n"))
        guard let last = lines.last else { return "" }
        let text = String(appending: { $0.append(escaping: String(decoding: last.prefix(200), as: UTF8.self)) })
        return ": \(text)"
    }
}
