import ArgumentParser
import ControlClient
import ControlMessages
import Settings

/// `gatelog token`: what lets a program talk to the daemon, with as little as it needs.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make, list and revoke tokens: what a program may, without a password.",
        discussion: """
            A token has scopes, and may what they say and no more. Its value is shown once, when it is made. Programs \
            send it as `Authorization: Bearer VALUE`; the commands of gatelog take it from $GATELOG_TOKEN.

            Scopes: \(ControlScope.allCases.map(\.rawValue).joined(separator: ", ")).

            Examples:
              gatelog token create backup --scope dumps:read --scope dumps:download --expires 90d
              gatelog token create metrics --scope status:read
              gatelog token list
              gatelog token revoke backup
            """,
        subcommands: [TokenCreateCommand.self, TokenListCommand.self, TokenRevokeCommand.self])
}

struct TokenCreateCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a token, and print its value: it is shown once.",
        discussion: """
            Example:
              export GATELOG_TOKEN=$(gatelog token create ci --scope status:read --scope logs:read)
            """)

    @Argument(help: ArgumentHelp("Letters, digits, . _ - and @.", valueName: "name"))
    var name: String

    @Option(
        name: .customLong("scope"),
        help: ArgumentHelp("What it may; may be given several times.", valueName: "scope"))
    var scopes: [String] = []

    @Option(
        help: ArgumentHelp("When it ends: 30d, 12h. Default: never.", valueName: "time"),
        transform: TokenCreateCommand.time)
    var expires: Int64?

    @Flag(help: "One JSON object.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        let known = ControlScope.allCases.map(\.rawValue)
        if scopes.isEmpty { throw ValidationError("say what it may with --scope: \(known.joined(separator: ", "))") }
        for scope in scopes where !known.contains(scope) {
            throw ValidationError(
                "there is no scope \"\(scope.escaped)\"; there are \(known.joined(separator: ", "))")
        }
    }

    private static func time(_ text: String) throws -> Int64 {
        guard let time = TimeSpan(parsing: text), time.seconds > 0 else {
            throw ValidationError("\"\(text.escaped)\" is not a time of a second or more; it takes 12h, 30d, 365d")
        }
        return Int64(time.seconds)
    }

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let made = try await client.createToken(TokenRequest(name: name, scopes: scopes, expiresSeconds: expires))
        if json { return try console.say(json: made) }
        try console.say(made.token + "\n")
        let end = made.state.expiresAt.map { "until \(DaemonTimes().local($0))" } ?? "until it is revoked"
        console.tell("The token \(made.state.name.escaped) holds \(end). It is shown only this once.\n")
    }
}

struct TokenListCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the tokens: what they may, who made them, when they were used.")

    @Flag(help: "One JSON object a token.")
    var json = false

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        let tokens = try await client.tokens()
        if json { return try console.say(jsonLines: tokens) }
        guard !tokens.isEmpty else {
            return try console.say("There are no tokens. One is made with: gatelog token create NAME --scope SCOPE\n")
        }
        let times = DaemonTimes()
        var table = TextTable([
            ("Token", .left), ("May", .left), ("Made by", .left), ("Expires", .left), ("Last use", .left),
        ])
        for token in tokens {
            let use = token.lastUse.map { "\(times.local($0)), \(token.lastFrom ?? "")" } ?? "never"
            table.add([
                token.name.escaped, token.scopes.joined(separator: " ").escaped, token.createdBy.escaped,
                token.expiresAt.map(times.local) ?? "never", use.escaped,
            ])
        }
        try console.say(table.text)
    }
}

struct TokenRevokeCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Let a token be worth nothing from now on.")

    @Argument(help: "Which one.")
    var name: String

    @OptionGroup var daemon: DaemonOptions

    func ask(_ client: DaemonClient, _ console: Console) async throws {
        try await client.revokeToken(name)
        console.tell("The token \(name.escaped) is worth nothing any more.\n")
    }
}
