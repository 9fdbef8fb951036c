import ArgumentParser
import Engine
import Primitives
import Synchronization
import SystemCalls

/// How the daemon ended, once it has.
private final class Ending: Sendable {
    let status = Mutex<ExitCode?>(nil)
}

/// What stands on the daemon's command line. People type `gatelog run`, which starts this with the same options.
struct DaemonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gatelogd", abstract: "The daemon of Gatelog; started by `gatelog run`.",
        discussion: """
            SIGTERM ends it in order, SIGHUP reads the settings again, SIGUSR1 opens the log files again. A service \
            manager that sets NOTIFY_SOCKET is told of start, reload and end, and with WATCHDOG_USEC that its threads \
            still come round.

            Examples:
              gatelogd --system
              gatelogd --home /srv/gatelog --interface eth0
              gatelogd --home ./var --replay trace.pcapng --speed 0

            Exit status: 0 after an orderly end, 2 where it could not start.
            """)

    @Option(help: ArgumentHelp("The folder of settings, state and logs. Default: var.", valueName: "dir"))
    var home: String?

    @Flag(
        help: """
            As an installed service: settings in /etc/gatelog, state in /var/lib/gatelog, logs in /var/log/gatelog, \
            the socket in /run/gatelog.
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
        help: ArgumentHelp(
            "Replay N times as fast as it was captured; 0 is as fast as it goes.", valueName: "n"))
    var speed = 1.0

    @Option(help: ArgumentHelp("Replay the capture N times; 0 is without end.", valueName: "n"))
    var loops = 1

    @Flag(help: "Print the Debug log as it is written.")
    var console = false

    @Flag(help: "Print the version.")
    var version = false

    func validate() throws {
        if system, home != nil { throw ValidationError("--system and --home exclude each other; choose one") }
        if speed < 0 { throw ValidationError("--speed takes a number from 0 on") }
        if loops < 0 { throw ValidationError("--loops takes a number from 0 on") }
        if replay == nil, speed != 1 || loops != 1 {
            throw ValidationError("--speed and --loops are about --replay; add --replay FILE")
        }
        if replay != nil, !interfaces.isEmpty {
            throw ValidationError("--replay takes the place of --interface; choose one")
        }
    }

    var options: EngineOptions {
        var options = EngineOptions(home: system ? .system : HomeFolder(home ?? "var"), version: Product.version)
        options.settings = settings
        options.interfaces = interfaces
        options.replay = replay.map {
            EngineOptions.Replay(path: $0, speed: speed == 0 ? nil : speed, loops: loops)
        }
        return options
    }

    /// Runs the daemon until a signal ends it, and this process with it. Exit status: 0 after an orderly end, 2 where
    /// it could not start.
    static func main(_ arguments: some Sequence<String>, _ signals: SignalWatch) {
        let command: DaemonCommand
        do {
            command = try parse(Array(arguments))
        } catch {
            exit(withError: error)
        }
        if command.version {
            print(Product.version)
            return
        }
        let (stream, continuation) = AsyncStream.makeStream(of: DaemonSignal.self)
        let ending = Ending()
        Task.detached {
            let status = await Daemon(command).run(stream)
            ending.status.withLock { $0 = status }
        }
        while true {
            if let signal = signals.next(within: 100) { continuation.yield(signal) }
            if let status = ending.status.withLock({ $0 }) { exit(withError: status) }
        }
    }
}
