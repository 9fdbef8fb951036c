import ArgumentParser

/// `gatelog user`: who is logged in where, and the accounts of the gateway itself.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Say and show who is logged in where.",
        subcommands: [
            UserAccountsCommand.self, UserAddCommand.self, UserRemoveCommand.self, UserPasswordCommand.self,
            UserRoleCommand.self, UserEnableCommand.self, UserDisableCommand.self,
        ])
}
