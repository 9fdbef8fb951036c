import ArgumentParser
import ControlClient
import ControlMessages

/// `gatelog settings`: the values that hold, and changes to them.
struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Check, show and change settings.",
        discussion: """
            Two layers make the settings: the administrator's gatelog.yaml, which is never written, and over it the \
            changes made here. A change is checked before it takes effect.

            Examples:
              gatelog settings check gatelog.yaml
              gatelog settings show --origin
              gatelog settings show logs.debug
              gatelog settings set logs.debug.keep 12
              gatelog settings unset logs.debug.keep
              gatelog settings history
              gatelog settings revert 11
              gatelog settings apply changes.yaml --dry-run
            """,
        subcommands: [
            SettingsCheckCommand.self, SettingsShowCommand.self, SettingsSetCommand.self, SettingsUnsetCommand.self,
            SettingsHistoryCommand.self, SettingsDiffCommand.self, SettingsRevertCommand.self,
            SettingsApplyCommand.self, SettingsExportCommand.self,
        ])
}

struct SettingsShowCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the settings that hold.",
        discussion: "Exit status: 0, 1 where no setting begins with KEY, 2 for an error.")

    @Argument(help: ArgumentHelp("Only KEY and what is below it.", valueName: "key"))
    var key: String?

    @Flag(help: "Say where each value is from.")
    var origin = false

    @Flag(help: "One JSON object a setting.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let settings = try await client.settings().filter { setting in
            guard let key else { return true }
            return setting.key == key || setting.key.hasPrefix("\(key).") || setting.key.hasPrefix("\(key)[")
        }
        try json ? console.say(jsonLines: settings) : console.say(Self.text(settings, showsOrigin: origin))
        if settings.isEmpty { throw ToolStatus(code: GatelogTool.ExitStatus.nothing) }
    }

    static func text(_ settings: [SettingState], showsOrigin: Bool) -> String {
        guard showsOrigin else { return settings.map { "\($0.key.escaped): \($0.value.escaped)\n" }.joined() }
        var table = TextTable([("Setting", .left), ("Value", .left), ("From", .left)])
        for setting in settings { table.add([setting.key.escaped, setting.value.escaped, setting.origin.escaped]) }
        return table.isEmpty ? "" : table.text
    }
}

struct SettingsSetCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change a setting, over the administrator's file.",
        discussion: """
            Examples:
              gatelog settings set logs.debug.keep 12
              gatelog settings set logs.template '%SRC% -> %DST% %PAYLOAD%'
            """)

    @Argument(help: ArgumentHelp("Which, as in logs.debug.keep.", valueName: "key"))
    var key: String

    @Argument(
        help: ArgumentHelp(
            "YAML, as it would stand behind the key in the file; an expression or a template needs no quotes of its own.",
            valueName: "value"))
    var value: String

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        try SettingsSetCommand.say(try await client.setSetting(key, to: value), key, console)
    }

    /// Says what a setting is now, and from where.
    static func say(_ settings: [SettingState], _ key: String, _ console: Console) throws {
        let changed = settings.filter { $0.key == key || $0.key.hasPrefix("\(key).") }
        try console.say(SettingsShowCommand.text(changed, showsOrigin: true))
    }
}

struct SettingsUnsetCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "unset", abstract: "Take a change back: what the file says holds again.")

    @Argument(help: ArgumentHelp("Which, as in logs.debug.keep.", valueName: "key"))
    var key: String

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        try SettingsSetCommand.say(try await client.setSetting(key, to: nil), key, console)
    }
}
