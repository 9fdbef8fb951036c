import ArgumentParser
import ControlClient
import ControlMessages

/// A role as it is typed.
enum RoleArgument {
    static let names = ControlRole.allCases.map(\.rawValue)

    static func read(_ text: String) throws -> ControlRole {
        if let role = ControlRole(rawValue: text) { return role }
        throw ValidationError("\"\(text.escaped)\" is no role; it takes \(names.joined(separator: ", "))")
    }
}

struct UserAddCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a local user.",
        discussion: """
            The password is asked for at the terminal, or comes from standard input; it never stands on the command line.

            Examples:
              gatelog user add jane --role operator --display-name 'Jane Doe'
              gatelog user add admin --role administrator --generate
              pass show gatelog/jane | gatelog user add jane --role auditor --password-stdin
            """)

    @Argument(help: ArgumentHelp("Letters, digits, . _ - and @.", valueName: "name"))
    var name: String

    @Option(
        help: ArgumentHelp("What he may: administrator, auditor or operator. Default: auditor.", valueName: "role"),
        completion: .list(RoleArgument.names), transform: RoleArgument.read)
    var role = ControlRole.auditor

    @Option(help: ArgumentHelp("What people call him.", valueName: "text"))
    var displayName: String?

    @OptionGroup var password: PasswordOptions
    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let secret = try password.password(for: name)
        let state = try await client.addAccount(
            AccountRequest(name: name, displayName: displayName, role: role, password: secret))
        try password.tell(secret, console)
        console.tell("The local user \(state.name.escaped) is there, role \(state.role.rawValue).\n")
    }
}

struct UserRemoveCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a local user, his sessions and the tokens that he made.",
        discussion: """
            Examples:
              gatelog user remove jane
            """)

    @Argument(help: "Which one.")
    var name: String

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        try await client.removeAccount(name)
        console.tell("The local user \(name.escaped) is gone.\n")
    }
}

struct UserPasswordCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Give a local user another password; his sessions end.",
        discussion: """
            Examples:
              gatelog user password jane
            """)

    @Argument(help: "Which one.")
    var name: String

    @OptionGroup var password: PasswordOptions
    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let secret = try password.password(for: name)
        _ = try await client.changeAccount(name, AccountChange(password: secret))
        try password.tell(secret, console)
        console.tell("The password of \(name.escaped) is changed.\n")
    }
}

struct UserRoleCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Give a local user another role.",
        discussion: """
            Examples:
              gatelog user role jane auditor
            """)

    @Argument(help: "Which one.")
    var name: String

    @Argument(
        help: ArgumentHelp("administrator, auditor or operator.", valueName: "role"),
        completion: .list(RoleArgument.names), transform: RoleArgument.read)
    var role: ControlRole

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let state = try await client.changeAccount(name, AccountChange(role: role))
        console.tell("\(state.name.escaped) has the role \(state.role.rawValue).\n")
    }
}

struct UserEnableCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Let a local user log in again.",
        discussion: """
            Examples:
              gatelog user enable jane
            """)

    @Argument(help: "Which one.")
    var name: String

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        _ = try await client.changeAccount(name, AccountChange(enabled: true))
        console.tell("\(name.escaped) may log in.\n")
    }
}

struct UserDisableCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Let a local user log in no more; his sessions end, his tokens are worth nothing.",
        discussion: """
            Examples:
              gatelog user disable jane
            """)

    @Argument(help: "Which one.")
    var name: String

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        _ = try await client.changeAccount(name, AccountChange(enabled: false))
        console.tell("\(name.escaped) may not log in any more.\n")
    }
}

struct UserAccountsCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts", abstract: "Show the local users of the daemon.",
        discussion: """
            Examples:
              gatelog user accounts
            """)

    @Flag(help: "One JSON object a user.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let accounts = try await client.accounts()
        if json { return try console.say(jsonLines: accounts) }
        guard !accounts.isEmpty else {
            return try console.say("There are no local users. One is made with: gatelog user add NAME --role ROLE\n")
        }
        let times = DaemonTimes()
        var table = TextTable([
            ("User", .left), ("Role", .left), ("May log in", .left), ("Sessions", .right), ("Last log-in", .left),
            ("Name", .left),
        ])
        for account in accounts {
            table.add([
                account.name.escaped, account.role.rawValue, account.enabled ? "yes" : "no", "\(account.sessions)",
                account.lastLogin.map(times.local) ?? "never", account.displayName.escaped,
            ])
        }
        try console.say(table.text)
    }
}
