import ArgumentParser
import ControlClient
import ControlMessages

/// `gatelog interface`: the interfaces of the gateway, as expressions name them.
struct InterfaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interface", abstract: "Show the gateway's interfaces, as `if = \"name\"` knows them.",
        discussion: """
            Examples:
              gatelog interface list
              gatelog interface list --json
            """,
        subcommands: [InterfaceListCommand.self])
}

struct InterfaceListCommand: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the interfaces.")

    @Flag(help: "One JSON object an interface.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let interfaces = try await client.interfaces()
        try json ? console.say(jsonLines: interfaces) : console.say(Self.text(interfaces))
    }

    static func text(_ interfaces: [InterfaceState]) -> String {
        var table = TextTable([
            ("Interface", .left), ("Device", .left), ("Kind", .left), ("Side", .left), ("State", .left),
            ("Captured", .left), ("Addresses", .left),
        ])
        for interface in interfaces {
            table.add([
                interface.name.escaped, interface.device.escaped, interface.kind.escaped,
                interface.trusted.map { $0 ? "trusted" : "Internet" } ?? "", interface.isUp ? "up" : "down",
                interface.isCaptured ? "yes" : "no", interface.addresses.map(\.escaped).joined(separator: ", "),
            ])
        }
        return table.isEmpty ? "This machine has no interfaces.\n" : table.text
    }
}

/// `gatelog list`: the address lists, as expressions name them.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the address lists, as `addr = list:\"name\"` knows them.",
        discussion: """
            Examples:
              gatelog list list
              gatelog list show office
            """,
        subcommands: [ListListCommand.self, ListShowCommand.self])
}

struct ListListCommand: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show which lists there are.")

    @Flag(help: "One JSON object a list.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let lists = try await client.lists()
        try json ? console.say(jsonLines: lists) : console.say(Self.text(lists))
    }

    static func text(_ lists: [AddressListState]) -> String {
        guard !lists.isEmpty else {
            return "There are no address lists; they come from the settings (groups).\n"
        }
        var table = TextTable([("List", .left), ("Ranges", .right), ("From", .left)])
        for list in lists {
            let files = list.files.map(\.escaped).joined(separator: ", ")
            table.add([list.name.escaped, HumanNumbers.grouped(list.ranges), files.isEmpty ? "settings" : files])
        }
        return table.text
    }
}

struct ListShowCommand: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show what is in a list.")

    @Argument(help: "Which list.")
    var name: String

    @Flag(help: "One JSON object.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let list = try await client.list(named: name)
        if json { return try console.say(json: list) }
        try console.say(list.sample.map { "\($0.escaped)\n" }.joined())
        let rest = list.ranges - list.sample.count
        if rest > 0 { console.tell("... and \(HumanNumbers.grouped(rest)) more\n") }
    }
}
