import ArgumentParser
import Foundation
import Primitives
import SystemCalls

/// The command line as a library: the program is one call, and tests call it in process.
public enum GatelogTool {
    public static let version = Product.version

    /// What a program ends with; the same for every command.
    public enum ExitStatus {
        /// Done, and something matched.
        public static let done: Int32 = 0
        /// Done, and nothing matched (`read`, as grep).
        public static let nothing: Int32 = 1
        /// An error, said on standard error with what to do.
        public static let failure: Int32 = 2
    }

    /// The program: runs the command that was typed and ends the process.
    public static func main() -> Never {
        Signals.ignoreBrokenPipe()
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Runs one command; `arguments` are those behind the program's name. Writes to `console` and returns the
    /// exit status. A closed pipe behind standard output is success.
    public static func run(_ arguments: [String], console: Console = Console()) -> Int32 {
        Console.$current.withValue(console) {
            do {
                var command = try GatelogCommand.parseAsRoot(arguments)
                let color = (command as? any ColoredCommand)?.look.color ?? .auto
                return try Console.$colorChoice.withValue(color) { try run(&command, console) }
            } catch {
                return parsingEnded(error, console)
            }
        }
    }

    private static func run(_ command: inout any ParsableCommand, _ console: Console) throws -> Int32 {
        do {
            try command.run()
            return ExitStatus.done
        } catch let status as ToolStatus {
            return status.code
        } catch let failure as ToolFailure {
            console.complain(failure.description)
            return ExitStatus.failure
        }
    }

    /// Help and version are answers; everything else that the parser throws is a mistake in the arguments.
    private static func parsingEnded(_ error: any Error, _ console: Console) -> Int32 {
        let text = GatelogCommand.fullMessage(for: error)
        if GatelogCommand.exitCode(for: error).isSuccess {
            do {
                try console.say(text + "\n")
                return ExitStatus.done
            } catch {
                return ExitStatus.failure
            }
        }
        let prefix = "Error: "
        if text.hasPrefix(prefix) {
            console.complain(String(text.dropFirst(prefix.count)))
        } else {
            console.tell(text + "\n")
        }
        return ExitStatus.failure
    }
}

/// The root: what people type.
struct GatelogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gatelog",
        abstract: "Watches the packets of a Linux gateway and says which of them matter.",
        discussion: """
            One readable expression says which packets are meant: for reading a capture, for a dump, for a search.

              gatelog read 'port = 80 & tcpfl = SYN' trace.pcapng
              gatelog explain 'if = "Internet" & !(port = 53)'

            The language at a glance: gatelog explain --help
            """,
        version: GatelogTool.version,
        subcommands: [
            ReadCommand.self, InspectCommand.self, ExplainCommand.self, RunCommand.self, StatusCommand.self,
            LogCommand.self, PacketLogCommand.self, DumpCommand.self, SettingsCommand.self, InterfaceCommand.self,
            ListCommand.self, SyslogCommand.self, UserCommand.self, GroupCommand.self, TokenCommand.self,
            AlertCommand.self,
        ]
    )
}

/// A command that ended without an error and without a match, or after saying what was wrong.
struct ToolStatus: Error {
    let code: Int32
}

/// An error that the user sees: what happened, where, and what to do.
struct ToolFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
