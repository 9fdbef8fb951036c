import ControlMessages
import Hummingbird

/// A route: what is asked, what that takes, who answers. The routes are one table, so that access, 405 and the
/// documents are made from the same rows.
struct Route: Sendable {
    typealias Answer = @Sendable (Request, ControlContext) async throws -> Response

    let method: HTTPRequest.Method
    /// As Hummingbird writes it: "/v1/dumps/{name}".
    let path: String
    let permission: ControlPermission
    let answer: Answer

    /// A route that only looks.
    static func get(_ path: String, _ answer: @escaping Answer) -> Route {
        Route(method: .get, path: path, permission: .read, answer: answer)
    }

    /// A route that changes something, or costs something.
    static func change(_ method: HTTPRequest.Method, _ path: String, _ answer: @escaping Answer) -> Route {
        Route(method: method, path: path, permission: .change, answer: answer)
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
        guard let caller = context.caller, caller.permission < route.permission else { return }
        throw ControlError(.forbidden, "\(caller.actor.name) may look, and change nothing")
    }
}
