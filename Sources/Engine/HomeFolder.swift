/// Where the engine keeps its files: under one folder, or where an installed service has them.
public struct HomeFolder: Hashable, Sendable {
    /// The folder of the administrator's settings; never written by the engine.
    public let etc: String
    /// What the engine remembers: changed settings, dumps.
    public let state: String
    public let logs: String
    /// What only lives while the daemon does: sockets.
    public let run: String
    /// Folders above these, which everybody may pass through, to the socket.
    let parents: [String]

    /// All under one folder.
    public init(_ path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        etc = path + "/etc"
        state = path + "/state"
        logs = path + "/log"
        run = path + "/run"
        parents = [path]
    }

    private init(etc: String, state: String, logs: String, run: String) {
        self.etc = etc
        self.state = state
        self.logs = logs
        self.run = run
        parents = []
    }

    /// The folders of an installed service (hier(7)). They are made by whoever starts it, with its rights.
    public static let system = HomeFolder(
        etc: "/etc/gatelog", state: "/var/lib/gatelog", logs: "/var/log/gatelog", run: "/run/gatelog")

    /// The administrator's settings.
    public var settings: String { etc + "/gatelog.yaml" }
    /// Changes made by the command line and the page.
    public var changes: String { state + "/settings" }
    /// Local users and tokens.
    public var accounts: String { state + "/accounts" }
    public var dumps: String { state + "/dumps" }
    /// How far syslog receivers came.
    public var syslog: String { state + "/syslog" }
    public var socket: String { run + "/api.sock" }
    /// Stands while a run lasts: what it finds at its start ended without a shutdown.
    public var marker: String { state + "/running" }

    /// The folders that are for the daemon's user and group alone, those that hold others first. The folder `run` is
    /// made with the socket.
    var folders: [String] { (parents.isEmpty ? [] : [etc]) + [state, changes, dumps, syslog, logs] }
}
