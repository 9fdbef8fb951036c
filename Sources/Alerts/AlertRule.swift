public import LogFiles

/// What an alert follows, and whom it tells.
public struct AlertRule: Sendable {
    public var name: String
    /// What the rule was made of: one with the same origin goes on undisturbed.
    public var origin: String
    /// What the gateway is called.
    public var gateway: String
    /// The log's name, and the path of its present file.
    public var log: String
    public var path: String
    /// Which of its lines; records are asked for in any case.
    public var selection: LogSelection
    public var delivery: Delivery
    /// Messages a minute, and how many at once before that counts.
    public var rate: Int
    public var burst: Int

    public enum Delivery: Hashable, Sendable {
        case command(CommandOrder)
        case webhook(WebhookOrder)
    }

    public init(
        name: String, origin: String, gateway: String, log: String, path: String, selection: LogSelection,
        delivery: Delivery,
        rate: Int, burst: Int
    ) {
        self.name = name
        self.origin = origin
        self.gateway = gateway
        self.log = log
        self.path = path
        self.selection = selection
        self.selection.wantsRecords = true
        self.delivery = delivery
        self.rate = rate
        self.burst = burst
    }

    /// Says what cannot be followed: a regular expression that is none.
    public func check() throws(LogReadError) {
        do throws(LogReadError) {
            _ = try LogFollower(LogReader(path: path), selection)
        } catch {
            // A log that is not there yet is waited for.
            if case .pattern = error.reason { throw error }
        }
    }
}

/// A program that is told, without a shell.
public struct CommandOrder: Hashable, Sendable {
    /// An absolute path, and arguments.
    public var words: [String]
    /// Nanoseconds until it is killed.
    public var limit: Int64

    public init(words: [String], limit: Int64) {
        self.words = words
        self.limit = limit
    }
}

/// An address that is told by POST.
public struct WebhookOrder: Hashable, Sendable {
    public enum Address: Hashable, Sendable {
        case url(String)
        /// The URL is the first line of a file, where whoever knows it may post.
        case file(String)
    }

    public var address: Address
    /// A file of further header fields, `Name: value` a line, for what nobody shall be shown.
    public var headersFile: String?
    /// A file of certificates (PEM) that are trusted in place of the system's.
    public var authorities: String?
    /// Nanoseconds until an attempt is given up.
    public var limit: Int64

    public init(address: Address, headersFile: String?, authorities: String?, limit: Int64) {
        self.address = address
        self.headersFile = headersFile
        self.authorities = authorities
        self.limit = limit
    }
}

/// Why an alert could not be delivered; never with a secret in it.
public struct AlertError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
