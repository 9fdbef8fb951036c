import ArgumentParser
import SystemCalls

/// `gatelog run`: becomes the daemon.
struct RunCommand: ParsableCommand, ColoredCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Start the daemon: watch this machine's interfaces and the firewall's log.",
        discussion: """
            Stays in the foreground; Ctrl-C writes everything out and ends it. Settings, state and logs are under \
            one folder. Needs the right to capture: root, or CAP_NET_RAW and CAP_NET_ADMIN.

            Examples:
              sudo gatelog run --home ./var
              sudo gatelog run --home ./var --interface eth0 --console
              gatelog run --home ./var --replay trace.pcapng --speed 0
            """
    )

    @Option(
        help: ArgumentHelp(
            "The folder of settings, state and logs. Default: $GATELOG_HOME, or ./var.", valueName: "dir"))
    var home: String?

    @Flag(
        help: """
            As the installed service does: settings in /etc/gatelog, state in /var/lib/gatelog, logs in \
            /var/log/gatelog, the socket in /run/gatelog.
            """)
    var system = false

    @Option(help: ArgumentHelp("The settings, in place of DIR/etc/gatelog.yaml.", valueName: "file"))
    var settings: String?

    @Option(
        name: .customLong("interface"),
        help: ArgumentHelp("Capture on NAME alone; may be given several times.", valueName: "name"))
    var interfaces: [String] = []

    @Option(help: ArgumentHelp("Replay a capture in place of capturing.", valueName: "file"))
    var replay: String?

    @Option(
        help: ArgumentHelp("Replay N times as fast as it was captured; 0 is as fast as it goes.", valueName: "n"))
    var speed: Double?

    @Option(help: ArgumentHelp("Replay the capture N times; 0 is without end.", valueName: "n"))
    var loops: Int?

    @Flag(help: "Print the Debug log as it is written.")
    var console = false

    @Flag(help: "Without the page for the browser (this version has none yet).")
    var noPage = false

    @OptionGroup var look: LookOptions

    func validate() throws {
        if system, home != nil { throw ValidationError("--system and --home exclude each other; choose one") }
        if let speed, speed < 0 { throw ValidationError("--speed takes a number from 0 on") }
        if let loops, loops < 0 { throw ValidationError("--loops takes a number from 0 on") }
        if replay == nil, speed != nil || loops != nil {
            throw ValidationError("--speed and --loops are about --replay; add --replay FILE")
        }
        if replay != nil, !interfaces.isEmpty {
            throw ValidationError("--replay takes the place of --interface; choose one")
        }
    }

    /// What the daemon is given.
    var daemonArguments: [String] {
        let home = home ?? Environment.value(of: "GATELOG_HOME").flatMap { $0.isEmpty ? nil : $0 } ?? "var"
        var arguments = system ? ["--system"] : ["--home", home]
        if let settings { arguments += ["--settings", settings] }
        for interface in interfaces { arguments += ["--interface", interface] }
        if let replay { arguments += ["--replay", replay] }
        if let speed { arguments += ["--speed", "\(speed)"] }
        if let loops { arguments += ["--loops", "\(loops)"] }
        if console { arguments.append("--console") }
        return arguments
    }

    func run() throws {
        let places = Self.places
        guard let program = places.first(where: Paths.isExecutable) else {
            throw ToolFailure(
                "the daemon's program is not there (looked for \(places.joined(separator: ", "))); install Gatelog anew"
            )
        }
        do {
            try Processes.execute(program, daemonArguments)
        } catch {
            throw ToolFailure("the daemon cannot be started: \(error)")
        }
    }

    private static let installed = "/usr/sbin/gatelogd"

    /// Where `gatelogd` may be: beside this program, or where a package puts what people do not type.
    private static var places: [String] {
        guard let own = try? Paths.target(ofLink: "/proc/self/exe"), let slash = own.lastIndex(of: "/") else {
            return [installed]
        }
        let folder = own[..<slash]
        return ["\(folder)/gatelogd", "\(folder)/../sbin/gatelogd", installed]
    }
}
