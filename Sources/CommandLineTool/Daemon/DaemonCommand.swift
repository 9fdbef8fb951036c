import ArgumentParser
import ControlClient
import Dispatch
import Synchronization

/// A command that asks a running daemon.
protocol DaemonCommand: ParsableCommand, ColoredCommand, Sendable {
    var daemon: DaemonOptions { get }

    /// Asks, and says the answer.
    func ask(_ client: DaemonClient, _ console: Console) async throws
}

extension DaemonCommand {
    var look: LookOptions { daemon.look }

    func run() throws { try runWithDaemon() }

    /// Asks, and waits for the end of the answer.
    func runWithDaemon() throws {
        let client = DaemonClient(socket: daemon.path, token: try daemon.token)
        let console = Console.current
        try Waiting.forEnd {
            do {
                try await ask(client, console)
            } catch let error as DaemonError {
                let text = error.description
                // A drawn expression keeps its first line, or the marks would not stand below their places.
                throw ToolFailure(text.contains("\n") ? "the daemon refuses it\n\(text)" : text)
            }
        }
    }
}

/// The bridge from the commands, which run on the main thread and may wait, to what is asynchronous.
enum Waiting {
    /// Runs `work` and waits until it has ended.
    static func forEnd(_ work: @escaping @Sendable () async throws -> Void) throws {
        let outcome = Outcome()
        let done = DispatchSemaphore(value: 0)
        Task {
            do {
                try await work()
                outcome.result.withLock { $0 = .success(()) }
            } catch {
                outcome.result.withLock { $0 = .failure(error) }
            }
            done.signal()
        }
        done.wait()
        try outcome.result.withLock { $0 }.get()
    }

    private final class Outcome: Sendable {
        let result = Mutex<Result<Void, any Error>>(.success(()))
    }
}
