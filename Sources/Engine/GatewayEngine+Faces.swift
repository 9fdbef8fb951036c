import LiveCapture
import Settings
import Synchronization

extension GatewayEngine {
    /// Groups of this machine whose members may talk to the engine, by what they may.
    public struct AccessGroups: Hashable, Sendable {
        init(_ settings: APISettings) {
            administrators = settings.group.value
            readers = settings.readers.value
            door = settings.door.value
        }

        /// Everything.
        public var administrators: String?
        /// Looking.
        public var readers: String?
        /// The user of the page's process.
        public var door: String?
    }

    /// As the settings have them now; asked by each request.
    public nonisolated var accessGroups: AccessGroups { access.withLock { $0 } }

    /// What is captured: "watching all interfaces".
    var captures: String {
        if let replay = options.replay { return "replaying \(replay.path)" }
        guard let indexes = plan.captured else { return "watching all interfaces" }
        let names = networkInterfaces.filter { indexes.contains($0.index) }.map(\.name)
        return names.isEmpty ? "waiting for its interfaces" : "watching \(names.joined(separator: ", "))"
    }

    /// What the daemon says to who started it, once it is there.
    public var greeting: String {
        let problems = standing.sorted { $0.key < $1.key }.map { "\n  note: \($0.value)" }.joined()
        return "gatelogd \(options.version): \(captures); logs in \(home.logs), API at \(home.socket)\(problems)"
    }
}
