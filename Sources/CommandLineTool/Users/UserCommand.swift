import ArgumentParser
import ControlClient
import ControlMessages

/// `gatelog user`: who is logged in where, and the accounts of the gateway itself.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Say and show who is logged in where, as `user = name` and `addr = user:\"name\"` know it.",
        discussion: """
            Log-ins also come from the settings (users:) and from RADIUS accounting; the last news of an address counts.

            Examples:
              gatelog user login jane 10.0.0.5
              gatelog user logout 10.0.0.5
              gatelog user list --group staff
            """,
        subcommands: [
            UserListCommand.self, UserLoginCommand.self, UserLogoutCommand.self,
            UserAccountsCommand.self, UserAddCommand.self, UserRemoveCommand.self, UserPasswordCommand.self,
            UserRoleCommand.self, UserEnableCommand.self, UserDisableCommand.self,
        ])
}

struct UserListCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show who is where, since when, by whom, until when.",
        discussion: "Exit status: 0, 1 where nobody is logged in (there), 2 for an error.")

    @Option(help: ArgumentHelp("Only this user.", valueName: "name"))
    var user: String?

    @Option(help: ArgumentHelp("Only users of this group.", valueName: "name"))
    var group: String?

    @Option(help: ArgumentHelp("Only this address.", valueName: "address"))
    var address: String?

    @Flag(help: "One JSON object a log-in, as they come.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        var query = LoginQuery()
        query.user = user
        query.group = group
        query.address = address
        var all: [LoginState] = []
        var count = 0
        repeat {
            let page = try await client.logins(query)
            count += page.items.count
            if json { try console.say(jsonLines: page.items) } else { all += page.items }
            query.after = page.next
        } while query.after != nil
        if !json { try console.say(Self.text(all, times: DaemonTimes())) }
        if count == 0 { throw ToolStatus(code: GatelogTool.ExitStatus.nothing) }
    }

    static func text(_ logins: [LoginState], times: DaemonTimes) -> String {
        guard !logins.isEmpty else { return "Nobody is logged in.\n" }
        var table = TextTable([
            ("User", .left), ("Address", .left), ("Since", .left), ("By", .left), ("Until", .left), ("Groups", .left),
        ])
        // People look for names.
        for login in logins.sorted(by: { ($0.user, $0.address) < ($1.user, $1.address) }) {
            table.add([
                login.user.escaped, login.address.escaped, times.local(login.since), Self.source(login),
                login.until.map(times.local) ?? "", login.groups.map(\.escaped).joined(separator: ", "),
            ])
        }
        return table.text
    }

    private static func source(_ login: LoginState) -> String {
        login.by.map { "\(login.origin.escaped) \($0.escaped)" } ?? login.origin.escaped
    }
}

struct UserLoginCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Say that a user is at an address from now on; whoever was there is not.",
        discussion: """
            It ends with `gatelog user logout`, when somebody else is logged in there, or by the time-outs
            logins.command_idle and logins.command_limit of the settings.

            Example:
              gatelog user login jane 10.0.0.5
            """)

    @Argument(help: ArgumentHelp("Who, as expressions name him.", valueName: "name"))
    var name: String

    @Argument(help: ArgumentHelp("Where his packets come from.", valueName: "address"))
    var address: String

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let login = try await client.logIn(UserLoginRequest(user: name, address: address))
        var text = "\(login.user.escaped) is at \(login.address.escaped)"
        if let before = login.replaced, before != login.user { text += " in place of \(before.escaped)" }
        if let until = login.until { text += ", until \(DaemonTimes().local(until))" }
        try console.say(text + "\n")
    }
}

struct UserLogoutCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "Say that nobody is at an address any more.",
        discussion: """
            Where the settings say who is at the address, he is there again.

            Example:
              gatelog user logout 10.0.0.5
            """)

    @Argument(help: ArgumentHelp("Which address.", valueName: "address"))
    var address: String

    @Option(help: ArgumentHelp("Only if it is this user who is there.", valueName: "name"))
    var user: String?

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let login = try await client.logOut(UserLogoutRequest(address: address, user: user))
        try console.say("\(login.user.escaped) is not at \(login.address.escaped) any more\n")
    }
}
