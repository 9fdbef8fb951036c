import ArgumentParser
import ControlClient
import ControlMessages

/// `gatelog group`: groups of users, as expressions name them.
struct GroupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group", abstract: "Show the groups of users, as `user = \"[name]\"` knows them.",
        discussion: """
            Groups come from the settings (users:) and from this machine (NSS, so that SSSD's LDAP and AD groups count).

            Examples:
              gatelog group list
              gatelog group show staff
            """,
        subcommands: [GroupListCommand.self, GroupShowCommand.self])
}

struct GroupListCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show which groups there are, of users who were heard of.")

    @Flag(help: "One JSON object a group.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let groups = try await client.userGroups()
        try json ? console.say(jsonLines: groups) : console.say(Self.text(groups))
    }

    static func text(_ groups: [UserGroupState]) -> String {
        guard !groups.isEmpty else {
            return "There are no groups of users; they come from the settings (users) and from this machine.\n"
        }
        var table = TextTable([("Group", .left), ("Users", .right), ("From", .left)])
        for group in groups {
            table.add([group.name.escaped, HumanNumbers.grouped(group.members), GroupShowCommand.source(group)])
        }
        return table.text
    }
}

struct GroupShowCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show who of those who were heard of is in a group.")

    @Argument(help: "Which group.")
    var name: String

    @Flag(help: "One JSON object.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let group = try await client.userGroup(named: name)
        if json { return try console.say(json: group) }
        try console.say(group.users.map { "\($0.escaped)\n" }.joined())
        let rest = group.members - group.users.count
        if rest > 0 { console.tell("... and \(HumanNumbers.grouped(rest)) more\n") }
    }

    static func source(_ group: UserGroupState) -> String {
        [group.inSettings ? "settings" : nil, group.inSystem ? "system" : nil].compactMap(\.self)
            .joined(separator: ", ")
    }
}
