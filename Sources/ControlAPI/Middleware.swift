import ControlMessages
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Makes JSON of everything that was refused or failed, also of paths and methods that do not exist.
struct Refusals: RouterMiddleware {
    let table: RouteTable

    /// A body up to here is read to its end, so that the connection can go on; a longer one is not waited for.
    private static let drained = 64 << 10

    func handle(
        _ request: Request, context: ControlContext,
        next: (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        let refusal: ControlError
        do {
            return try await next(request, context)
        } catch let error as ControlError {
            refusal = error
        } catch let error as HTTPError where error.status == .notFound {
            return noRoute(request, context)
        } catch let error as HTTPError {
            refusal = ControlError(.invalid, error.body ?? error.status.reasonPhrase)
        } catch {
            context.logger.error("\(request.method) \(request.uri.path) failed: \(error)")
            refusal = ControlError(.failed, "the daemon failed to answer; its own log says why")
        }
        return answer(refusal, request, context)
    }

    private func noRoute(_ request: Request, _ context: ControlContext) -> Response {
        let path = request.uri.path
        let methods = table.methods(of: path)
        guard !methods.isEmpty, !methods.contains(request.method.rawValue) else {
            return answer(ControlError(.notFound, "there is nothing at \(path)"), request, context)
        }
        let allowed = methods.joined(separator: ", ")
        let error = ControlError(.methodNotAllowed, "\(path) takes \(allowed), not \(request.method.rawValue)")
        var response = answer(error, request, context)
        response.headers[.allow] = allowed
        return response
    }

    private func answer(_ error: ControlError, _ request: Request, _ context: ControlContext) -> Response {
        var response = Response.refusal(error)
        let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard length > Self.drained || request.headers[.transferEncoding] != nil else { return response }
        // Who was refused shall not go on sending for ever.
        response.headers[.connection] = "close"
        let channel = context.channel
        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            channel.close(promise: nil)
        }
        return response
    }
}

/// Ends a request that does not arrive, or is not answered, in time. The body of an answer has its own patience.
struct AnswerTime: RouterMiddleware {
    let limits: ControlLimits

    func handle(
        _ request: Request, context: ControlContext,
        next: (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        try await withoutActuallyEscaping(next) { next in
            let work = Unchecked(value: next)
            return try await withThrowingTaskGroup(of: Response.self) { group in
                group.addTask { try await work.value(request, context) }
                group.addTask {
                    try await Task.sleep(for: limits.answerTime)
                    throw ControlError(.timeout, "the request took longer than \(limits.answerTime)")
                }
                defer { group.cancelAll() }
                guard let response = try await group.next() else { throw CancellationError() }
                return response
            }
        }
    }
}

/// Finds out who asks, and lets nobody pass who may not.
struct AccessCheck: RouterMiddleware {
    let access: any ControlAccess

    func handle(
        _ request: Request, context: ControlContext,
        next: (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        let credentials = ControlCredentials(
            peer: try await SocketPeer(of: context.channel), authorization: request.headers[.authorization],
            client: request.headers[.gatelogClient])
        var context = context
        context.caller = try access.caller(credentials)
        return try await next(request, context)
    }
}

/// A value that one task hands to another and does not touch again.
struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
}

extension HTTPField.Name {
    /// For whom the page's process asks: an address.
    static var gatelogClient: Self { Self("Gatelog-Client")! }
}
