/// Where the engine keeps its files, under one folder.
public struct HomeFolder: Hashable, Sendable {
    /// Without a slash at its end.
    public let path: String

    public init(_ path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// The administrator's settings.
    public var settings: String { path + "/etc/gatelog.yaml" }
    public var state: String { path + "/state" }
    /// Changes made by the command line and the page.
    public var changes: String { path + "/state/settings" }
    public var dumps: String { path + "/state/dumps" }
    public var logs: String { path + "/log" }
    public var run: String { path + "/run" }
    public var socket: String { path + "/run/api.sock" }
    /// Stands while a run lasts: what it finds at its start ended without a shutdown.
    public var marker: String { path + "/state/running" }

    /// The folders that are for the daemon's user and group alone, those that hold others first. `path` itself everybody
    /// may pass through, to the socket; the folder `run` is made with that.
    var folders: [String] { [path + "/etc", state, changes, dumps, logs] }
}
