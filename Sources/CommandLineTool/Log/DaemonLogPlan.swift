import ControlClient
import ControlMessages
import PacketStages
import Primitives
import Records

/// What `gatelog log NAME` was asked to do: the same as on a file, answered by the daemon.
struct DaemonLogPlan: Sendable {
    private let command: LogShowCommand
    private let name: String
    private let console: Console
    private let query: LogQuery

    init(_ command: LogShowCommand, name: String) throws {
        self.command = command
        self.name = name
        console = Console.current
        query = try Self.query(command)
    }

    private static func query(_ command: LogShowCommand) throws -> LogQuery {
        let zone = command.utc ? ZoneTable.utc : ZoneTable.local
        func time(_ text: String?, _ option: String) throws -> String? {
            guard let text else { return nil }
            var clock = LineClock(zone: .utc, form: .rfc3339)
            var buffer = ByteBuffer(capacity: 40)
            clock.append(try LogTime.parse(text, zone: zone, option: option), to: &buffer)
            return buffer.text
        }
        var query = LogQuery()
        query.grep = command.grep
        query.ignoresCase = command.ignoreCase
        query.match = command.match
        query.kinds = command.kind
        query.since = try time(command.since, "--since")
        query.until = try time(command.until, "--until")
        query.json = command.json
        return query
    }

    /// Shows the lines. Throws the exit status where it is not success.
    func ask(_ client: DaemonClient) async throws {
        let count = try await command.follow ? follow(client) : command.isTail ? showLast(client) : showAll(client)
        if count == 0 { throw ToolStatus(code: GatelogTool.ExitStatus.nothing) }
    }

    private func follow(_ client: DaemonClient) async throws -> Int {
        var query = query
        query.limit = command.lines ?? LogShowCommand.defaultFollowedLines
        try await client.followLog(name, query) { page in try show([page]) }
        return 1
    }

    /// Page after page from the beginning.
    private func showAll(_ client: DaemonClient) async throws -> Int {
        var query = query
        query.limit = 1000
        query.fromBeginning = true
        var count = 0
        var isIncomplete = false
        while true {
            let page = try await client.logPage(name, query)
            try show([page])
            count += page.lines.count
            isIncomplete = isIncomplete || page.warnings != nil
            guard page.more, let next = page.next, next != query.after else { break }
            query.fromBeginning = false
            query.after = next
            query.limit = LogQuery.largestLimit
        }
        if isIncomplete { throw ToolStatus(code: GatelogTool.ExitStatus.failure) }
        return count
    }

    /// Page before page until there are as many lines as were asked for; shown the oldest first.
    private func showLast(_ client: DaemonClient) async throws -> Int {
        var query = query
        var missing = command.lines ?? LogShowCommand.defaultLines
        var pages: [LogPage] = []
        while missing > 0 {
            query.limit = min(missing, LogQuery.largestLimit)
            let page = try await client.logPage(name, query)
            pages.append(page)
            missing -= page.lines.count
            guard page.more, let first = page.first, first != query.before else { break }
            query.before = first
        }
        try show(pages.reversed())
        if pages.contains(where: { $0.warnings != nil }) { throw ToolStatus(code: GatelogTool.ExitStatus.failure) }
        return pages.reduce(0) { $0 + $1.lines.count }
    }

    private func show(_ pages: [LogPage]) throws {
        let printer = LogPrinter(console)
        for page in pages {
            for warning in page.warnings ?? [] { console.warn(warning.escaped) }
            if page.missed > 0 {
                console.warn(
                    "\(StatusText.count(page.missed)) lines were missed: they came faster than they were taken")
            }
            var buffer = ByteBuffer(capacity: 64 << 10)
            for (index, line) in page.lines.enumerated() {
                if command.json {
                    append(page.records.flatMap { index < $0.count ? $0[index] : nil } ?? "", line, to: &buffer)
                } else {
                    buffer.append(line)
                }
                buffer.append(UInt8(ascii: "\n"))
            }
            guard printer.take(buffer.bytes) else { break }
        }
        try printer.finish()
    }

    /// The record of a line; where nobody knows it, an object with its text.
    private func append(_ record: String, _ line: String, to buffer: inout ByteBuffer) {
        guard record.isEmpty else { return buffer.append(record) }
        buffer.append("{\"kind\":\"text\",\"line\":\"")
        buffer.append(escapingJSON: Array(line.utf8).span.bytes)
        buffer.append("\"}")
    }
}
