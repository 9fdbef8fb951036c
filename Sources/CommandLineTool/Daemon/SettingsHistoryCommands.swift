import ArgumentParser
import ControlClient
import ControlMessages
import Settings
import SystemCalls

struct SettingsHistoryCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show who changed the settings, when, from where and what.",
        discussion:
            "The newest first; the last 200 versions are kept. Exit status: 0, 1 where nothing was ever changed.")

    @Flag(help: "One JSON object a version.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let versions = try await client.settingsHistory()
        try json ? console.say(jsonLines: versions) : console.say(Self.text(versions, DaemonTimes()))
        if versions.isEmpty { throw ToolStatus(code: GatelogTool.ExitStatus.nothing) }
    }

    static func text(_ versions: [SettingsVersionState], _ times: DaemonTimes) -> String {
        guard !versions.isEmpty else { return "Nothing was changed: gatelog.yaml alone holds.\n" }
        var table = TextTable([
            ("Version", .right), ("When", .left), ("Who", .left), ("From", .left), ("What", .left),
        ])
        for version in versions {
            table.add([
                "\(version.version)\(version.current ? "*" : " ")", times.local(version.when), version.who.escaped,
                version.from.escaped, version.what.escaped,
            ])
        }
        return table.text
    }
}

struct SettingsDiffCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what is not the same in two versions of the settings.",
        discussion: """
            Version 0 is the administrator's file alone.

            Examples:
              gatelog settings diff 11
              gatelog settings diff 11 12

            Exit status: 0 where something differs, 1 where nothing does, 2 for an error.
            """)

    @Argument(help: ArgumentHelp("The older version.", valueName: "n"))
    var from: Int

    @Argument(help: ArgumentHelp("The newer version. Default: what holds now.", valueName: "m"))
    var to: Int?

    @Flag(help: "One JSON object a key.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if from < 0 || (to ?? 0) < 0 { throw ValidationError("versions are numbers from 0 on") }
    }

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let changes = try await client.settingsDifferences(from: from, to: to)
        try json ? console.say(jsonLines: changes) : console.say(SettingsOutcomeText.lines(changes))
        if changes.isEmpty { throw ToolStatus(code: GatelogTool.ExitStatus.nothing) }
    }
}

struct SettingsRevertCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "revert", abstract: "Let an earlier version of the settings hold again, as a new version.",
        discussion: """
            Version 0 is the administrator's file alone. Nothing is lost: the revert can be reverted.

            Examples:
              gatelog settings history
              gatelog settings revert 11 --dry-run
              gatelog settings revert 11
            """)

    @Argument(help: ArgumentHelp("Which version.", valueName: "n"))
    var version: Int

    @Flag(help: "Only say what would change.")
    var dryRun = false

    @Flag(help: "One JSON object.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if version < 0 { throw ValidationError("versions are numbers from 0 on") }
    }

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let outcome = try await client.revertSettings(
            SettingsReversion(version: version, dryRun: dryRun ? true : nil))
        try json ? console.say(json: outcome) : console.say(SettingsOutcomeText.text(outcome))
    }
}

struct SettingsApplyCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Put a file in place of all changes, as a new version.",
        discussion: """
            The file is written as gatelog.yaml is, and stands over it; what it does not say is as gatelog.yaml says. \
            It is checked with everything else before anything changes.

            Examples:
              gatelog settings export > changes.yaml
              gatelog settings apply changes.yaml --dry-run
              gatelog settings apply changes.yaml
            """)

    @Argument(help: ArgumentHelp("The file; - is standard input.", valueName: "file"))
    var file: String

    @Flag(help: "Only say what would change.")
    var dryRun = false

    @Flag(help: "One JSON object.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let path = file == "-" ? "/dev/stdin" : file
        let bytes: [UInt8]
        do {
            bytes = try Paths.contents(path, limit: SettingsLimits.bytes)
        } catch {
            throw ToolFailure("the settings cannot be read: \(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ToolFailure("\(file.escaped) is not UTF-8; `gatelog settings check` says where")
        }
        let name = file == "-" ? "standard input" : file
        let outcome = try await client.applySettings(
            SettingsApplication(text: text, name: name, dryRun: dryRun ? true : nil))
        try json ? console.say(json: outcome) : console.say(SettingsOutcomeText.text(outcome))
    }
}

struct SettingsExportCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print the changes as a file that can be applied again.",
        discussion: """
            Secrets stand in it: keep it as you keep them. Who exported what is told in the Config log.

            Example:
              gatelog settings export --version 11 > changes.yaml
            """)

    @Option(help: ArgumentHelp("Which version. Default: the one that holds.", valueName: "n"))
    var version: Int?

    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if let version, version < 0 { throw ValidationError("versions are numbers from 0 on") }
    }

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        try console.say(try await client.exportSettings(version: version).text)
    }
}

/// What a change of many settings did, in lines.
enum SettingsOutcomeText {
    static func text(_ outcome: SettingsOutcome) -> String {
        let lines = lines(outcome.changes)
        guard let version = outcome.version else {
            return outcome.changes.isEmpty ? "Nothing would change.\n" : lines
        }
        return lines + (outcome.changes.isEmpty ? "Nothing changes; " : "") + "Version \(version) holds.\n"
    }

    static func lines(_ changes: [SettingChangeState]) -> String {
        changes.map { change in
            "\(change.key.escaped): \((change.old ?? "(none)").escaped) -> \((change.new ?? "(none)").escaped)\n"
        }.joined()
    }
}
