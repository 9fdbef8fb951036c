import ArgumentParser
import SystemCalls

/// Where the daemon is; the same for every command that asks it.
struct DaemonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder that the daemon was started with.", valueName: "dir"))
    var home: String?

    @Option(
        help: ArgumentHelp(
            "The daemon's socket. Default: run/api.sock under --home or $GATELOG_HOME, or \(Self.installed), or under ./var.",
            valueName: "path"))
    var socket: String?

    @OptionGroup var look: LookOptions

    /// Where the socket of an installed daemon is.
    static let installed = "/run/gatelog/api.sock"

    func validate() throws {
        if home != nil, socket != nil { throw ValidationError("--home and --socket exclude each other; choose one") }
    }

    /// The first that was said, or that is there.
    var path: String {
        if let socket { return socket }
        if let home = home ?? Environment.value(of: "GATELOG_HOME").flatMap({ $0.isEmpty ? nil : $0 }) {
            return Self.socket(under: home)
        }
        // The service goes before what may stand in any folder: whoever made that folder would be told secrets.
        if (try? Paths.status(Self.installed)) != nil { return Self.installed }
        let local = Self.socket(under: "./var")
        return (try? Paths.status(local)) != nil ? local : Self.installed
    }

    /// The token of $GATELOG_TOKEN, where there is one: the daemon then knows the caller by it.
    var token: String? {
        get throws {
            guard let token = Environment.value(of: "GATELOG_TOKEN"), !token.isEmpty else { return nil }
            guard token.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
                throw ToolFailure("GATELOG_TOKEN holds no token: it is glt_ and 43 letters, as token create said it")
            }
            return token
        }
    }

    private static func socket(under home: String) -> String {
        home.hasSuffix("/") ? "\(home)run/api.sock" : "\(home)/run/api.sock"
    }
}
