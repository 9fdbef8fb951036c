/// How the daemon was started: what stands on its command line goes before the settings.
public struct EngineOptions: Sendable {
    public var home: HomeFolder
    /// The administrator's settings, where they are not at their place under `home`.
    public var settings: String?
    /// Interfaces to capture on, by display or kernel name; empty is what the settings say.
    public var interfaces: [String] = []
    /// A capture that is replayed in place of capturing.
    public var replay: Replay?
    public var version: String

    /// A capture to replay.
    public struct Replay: Hashable, Sendable {
        public var path: String
        /// Times the speed at which it was captured; nil is as fast as it goes.
        public var speed: Double?
        /// How often; 0 is without end.
        public var loops: Int

        public init(path: String, speed: Double? = 1, loops: Int = 1) {
            self.path = path
            self.speed = speed
            self.loops = loops
        }
    }

    public init(home: HomeFolder, version: String) {
        self.home = home
        self.version = version
    }
}

/// The engine could not start, or not go on; says what to do.
public struct EngineError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
