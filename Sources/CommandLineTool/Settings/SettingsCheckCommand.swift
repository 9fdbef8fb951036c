import ArgumentParser
import Settings

/// `gatelog settings check`: everything that is wrong with a settings file, before a daemon reads it.
struct SettingsCheckCommand: ParsableCommand, ColoredCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say everything that is wrong with a settings file, with line and column.",
        discussion: """
            Looks at the file, at the files of addresses and databases that it names, and compiles its expression and \
            its template. Nothing is changed and no daemon is asked.

            Example:
              gatelog settings check /etc/gatelog/gatelog.yaml

            Exit status: 0 where it is in order, 2 where something is wrong. Warnings change nothing.
            """)

    @Argument(help: ArgumentHelp("The settings file.", valueName: "file"))
    var file: String

    @Flag(help: "One JSON object for each thing that is wrong.")
    var json = false

    @OptionGroup var look: LookOptions

    func run() throws {
        let console = Console.current
        let check = try SettingsCheck(path: file)
        if json {
            try console.say(jsonLines: check.findings)
        } else {
            for warning in check.warnings { console.tell(warning.text + "\n") }
            for error in check.errors { console.tell(error.text + "\n") }
            if check.omitted > 0 { console.tell("and \(check.omitted) more like these\n") }
            if check.errors.isEmpty { try console.say(check.summary + "\n") }
        }
        if !check.errors.isEmpty { throw ToolStatus(code: GatelogTool.ExitStatus.failure) }
    }
}
