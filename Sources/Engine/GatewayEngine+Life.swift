import LogFiles
import PacketDumps
import SystemCalls

extension GatewayEngine {
    /// The threads without which nothing is captured or written, as far as they are running.
    private var heartbeats: [Heartbeat] {
        // A replay waits for a full disk as long as that lasts.
        let captured = options.replay == nil ? sources.map(\.orders.heartbeat) : []
        return captured + (connections.map { [$0.heartbeat] } ?? []) + logs.all.map(\.writer.heartbeat)
            + [dumpStore.heartbeat]
    }

    /// Threads that have been at one piece of work for `limit` nanoseconds or longer: "log debug for 61 s". Being
    /// answered at all says that the engine itself lives.
    public func stalledThreads(limit: Int64) -> [String] {
        let now = Clocks.monotonic
        return heartbeats.compactMap { heartbeat in
            let silence = heartbeat.silence(at: now)
            return silence >= limit ? "\(heartbeat.name) for \(silence / 1_000_000_000) s" : nil
        }
    }

    /// What the engine is at, in a line: for a service manager.
    public var summary: String {
        let problems = board.texts.count
        let told =
            switch problems {
            case 0: ""
            case 1: "; 1 problem, told by `gatelog status`"
            default: "; \(problems) problems, told by `gatelog status`"
            }
        return captures + told
    }
}
