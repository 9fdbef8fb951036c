import ControlMessages
import Hummingbird

/// What a route asks of who calls it.
enum RouteNeed: Hashable, Sendable {
    case scope(ControlScope)
    /// Whoever the daemon knows, whatever he may: it is about himself.
    case known
    /// The page's process, which speaks for others.
    case door
}

/// A route: what is asked, what that takes, who answers. The routes are one table, so that access, 405, the audit and
/// the documents are made from the same rows.
struct Route: Sendable {
    typealias Answer = @Sendable (Request, ControlContext) async throws -> Response

    let method: HTTPRequest.Method
    /// As Hummingbird writes it: "/v1/dumps/{name}".
    let path: String
    let need: RouteNeed
    /// Whether each call that succeeds is a line of the Config log; a test walks over all that are.
    let isAudited: Bool
    let answer: Answer
    /// What the OpenAPI document says of it (`documented`).
    var document: RouteDocument?

    init(
        _ method: HTTPRequest.Method, _ path: String, _ need: RouteNeed, isAudited: Bool, _ answer: @escaping Answer
    ) {
        self.method = method
        self.path = path
        self.need = need
        self.isAudited = isAudited
        self.answer = answer
    }

    /// A route that only looks.
    static func get(_ path: String, _ scope: ControlScope, _ answer: @escaping Answer) -> Route {
        Route(.get, path, .scope(scope), isAudited: false, answer)
    }

    /// A route that changes something, or costs something.
    static func change(
        _ method: HTTPRequest.Method, _ path: String, _ scope: ControlScope, _ answer: @escaping Answer
    ) -> Route {
        Route(method, path, .scope(scope), isAudited: true, answer)
    }

    /// Whether `path` (not decoded) is one of this route's.
    func holds(_ path: some StringProtocol) -> Bool {
        let own = self.path.split(separator: "/")
        let other = path.split(separator: "/")
        return own.count == other.count && zip(own, other).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}

/// All routes.
struct RouteTable: Sendable {
    let routes: [Route]

    /// The methods that `path` knows, sorted; none where there is no such path.
    func methods(of path: String) -> [String] {
        routes.filter { $0.holds(path) }.map(\.method.rawValue).sorted()
    }

    /// A router of all routes, behind what every request passes.
    func router(access: any ControlAccess, limits: ControlLimits) -> Router<ControlContext> {
        let router = Router(context: ControlContext.self)
        router.add(middleware: Refusals(table: self))
        router.add(middleware: AnswerTime(limits: limits))
        router.add(middleware: AccessCheck(access: access))
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                try Self.check(context, may: route)
                return try await route.answer(request, context)
            }
        }
        return router
    }

    private static func check(_ context: ControlContext, may route: Route) throws(ControlError) {
        guard let caller = context.caller else { return }
        switch route.need {
        case .known: return
        case .door:
            guard !caller.isDoor else { return }
            throw ControlError(
                .forbidden, "\(caller.actor.name) may not do this: only the page's process logs others in (api.door)")
        case .scope(let scope):
            guard !caller.scopes.contains(scope) else { return }
            throw ControlError(.forbidden, "\(caller.actor.name) may not do this: \(Self.remedy(caller, scope))")
        }
    }

    /// What somebody lacks, and who has it.
    private static func remedy(_ caller: ControlCaller, _ scope: ControlScope) -> String {
        if case .token = caller.proof {
            return "it takes the scope \(scope.rawValue), which it was not made with"
        }
        let roles = ControlRole.allCases.filter { $0.scopes.contains(scope) }.map(\.rawValue)
        return "it takes the scope \(scope.rawValue), which the role \(roles.joined(separator: " or ")) has"
    }
}
