import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import SystemCalls

/// Posts an alert's messages: JSON, certificates verified, redirects not followed, a few attempts.
struct WebhookDelivery {
    let order: WebhookOrder

    /// Attempts of one message, and nanoseconds to wait before the second and third.
    private static let pauses: [Int64] = [0, 1_000_000_000, 5_000_000_000]
    /// Bytes of an answer that are read.
    private static let answerLength = 64 << 10

    /// A client for the alert's address; one for each alert, since their trusted certificates differ.
    static func client(_ order: WebhookOrder) throws(AlertError) -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let path = order.authorities {
            do {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
            } catch {
                throw AlertError("the certificates of \(path) cannot be used: \(error)")
            }
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .nanoseconds(min(order.limit, 5_000_000_000)), read: .nanoseconds(order.limit)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Called on a thread that may wait. `pause` waits so many nanoseconds, and says whether to go on.
    func deliver(
        _ message: AlertMessage, by client: HTTPClient, pause: (Int64) -> Bool
    ) throws(AlertError) {
        var failure = AlertError("it was not tried")
        for nanoseconds in Self.pauses {
            guard nanoseconds == 0 || pause(nanoseconds) else { throw failure }
            switch try attempt(message, client) {
            case nil: return
            case let reason?: failure = reason
            }
        }
        throw failure
    }

    /// Nil where it arrived, a reason where trying again may help; throws where it does not.
    private func attempt(_ message: AlertMessage, _ client: HTTPClient) throws(AlertError) -> AlertError? {
        let request = try request(message)
        do {
            let response = try client.execute(
                request: request, delegate: ResponseAccumulator(request: request, maxBodySize: Self.answerLength),
                deadline: .now() + .nanoseconds(order.limit)
            ).wait()
            switch response.status.code {
            case 200..<300: return nil
            case 408, 425, 429, 500...: return AlertError("\(request.host) answers \(response.status.code)")
            default: throw AlertError("\(request.host) answers \(response.status.code) \(response.status.reasonPhrase)")
            }
        } catch let error as AlertError {
            throw error
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout {
            return AlertError("\(request.host) did not answer within \(order.limit / 1_000_000_000) s")
        } catch {
            // The error of a connection names addresses, never the path or a header.
            return AlertError("\(request.host) cannot be reached: \(error)")
        }
    }

    private func request(_ message: AlertMessage) throws(AlertError) -> HTTPClient.Request {
        var headers = try self.headers()
        headers.replaceOrAdd(name: "Content-Type", value: "application/json")
        headers.replaceOrAdd(name: "User-Agent", value: "gatelog")
        do {
            return try HTTPClient.Request(
                url: try url(), method: .POST, headers: headers, body: .string(message.json))
        } catch let error as AlertError {
            throw error
        } catch {
            throw AlertError("the URL of the webhook cannot be used: it is http:// or https:// with a host")
        }
    }

    private func url() throws(AlertError) -> String {
        switch order.address {
        case .url(let url): return url
        case .file(let path):
            guard let line = try Self.lines(path).first else {
                throw AlertError("\(path) is empty; it has to hold a URL")
            }
            return line
        }
    }

    /// The fields of the file; what they hold is never told.
    private func headers() throws(AlertError) -> HTTPHeaders {
        var headers = HTTPHeaders()
        guard let path = order.headersFile else { return headers }
        for (index, line) in try Self.lines(path).enumerated() {
            guard let colon = line.firstIndex(of: ":"), Self.isToken(line[..<colon]) else {
                throw AlertError("\(path): line \(index + 1) is no \"Name: value\"")
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw AlertError("\(path): line \(index + 1) has a control character")
            }
            headers.add(name: String(line[..<colon]), value: String(value))
        }
        return headers
    }

    /// Lines of a small file that are not empty. Read for each message, so that a new secret holds at once.
    private static func lines(_ path: String) throws(AlertError) -> [String] {
        do {
            let bytes = try Paths.contents(path, limit: 16 << 10)
            return bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.map {
                String(decoding: $0, as: UTF8.self)
            }
        } catch {
            throw AlertError("\(error)")
        }
    }

    /// A name of a field (RFC 9110 section 5.6.2).
    private static func isToken(_ name: Substring) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
