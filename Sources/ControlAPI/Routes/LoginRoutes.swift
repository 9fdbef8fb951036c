import ControlMessages
import Hummingbird

extension ControlRoutes {
    /// Who is logged in where, and groups of users.
    var loginRoutes: [Route] {
        [
            .get("/v1/users/logins", .usersRead) { request, _ in
                try .json(await engine.logins(try LoginQuery(items: try Self.query(request))))
            }
            .documented(
                "Who is logged in where", .json(LoginPage.self),
                query: [
                    .text("user", "Only this user."), .text("group", "Only users of this group."),
                    .text("address", "Only this address."), .text("after", "`next` of the page before."),
                ]),
            .change(.post, "/v1/users/login", .usersChange) { request, context in
                let wanted: UserLoginRequest = try await request.message(limits)
                return try .json(await engine.logIn(wanted, by: context.actor))
            }
            .documented("Say that a user is at an address", .json(LoginState.self), takes: UserLoginRequest.self),
            .change(.post, "/v1/users/logout", .usersChange) { request, context in
                let wanted: UserLogoutRequest = try await request.message(limits)
                return try .json(await engine.logOut(wanted, by: context.actor))
            }
            .documented(
                "Say that nobody is at an address any more; the answer says who was", .json(LoginState.self),
                takes: UserLogoutRequest.self),
            .get("/v1/groups", .usersRead) { _, _ in try .json(Listing(await engine.userGroups())) }
                .documented("Groups of users", .list(of: UserGroupState.self)),
            .get("/v1/groups/{name}", .usersRead) { _, context in
                try .json(await engine.userGroup(try context.segment("name")))
            }
            .documented("A group, its first thousand users", .json(UserGroupState.self)),
        ]
    }
}

extension UserLoginRequest: RequestMessage {
    static var fields: [String] { ["user", "address"] }
}

extension UserLogoutRequest: RequestMessage {
    static var fields: [String] { ["address", "user"] }
}
