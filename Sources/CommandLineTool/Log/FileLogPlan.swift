import Directories
import Expressions
import LogFiles
import LogIndex
import PacketStages
import Primitives
import Records
import Settings
import SystemCalls

/// What `gatelog log --file` was asked to do, made of what was typed.
struct FileLogPlan {
    private let command: LogShowCommand
    private let console: Console
    private let reader: LogReader
    private let selection: LogSelection

    init(_ command: LogShowCommand, path: String) throws {
        self.command = command
        console = Console.current
        reader = LogReader(path: path, isSingle: command.single)
        selection = try Self.selection(command, console)
    }

    private static func selection(_ command: LogShowCommand, _ console: Console) throws -> LogSelection {
        var selection = LogSelection()
        let settings = try command.settings.map { try LoadedSettings(path: $0) }
        if let settings { selection.directory = Directory(settings.document, lists: settings.lists) }
        let isUTC = command.utc || settings?.document.logs.utc.value == true
        selection.zone = isUTC ? .utc : ZoneTable.local
        selection.pattern = command.grep
        selection.ignoresCase = command.ignoreCase
        if let text = command.match {
            selection.expression = try ExpressionInput(
                text, selection.directory, facts: StoredFacts.facts, console
            ).expression
        }
        if !command.kind.isEmpty { selection.kinds = try kinds(command.kind) }
        selection.since = try command.since.map { try LogTime.parse($0, zone: selection.zone, option: "--since") }
        selection.until = try command.until.map { try LogTime.parse($0, zone: selection.zone, option: "--until") }
        selection.wantsRecords = command.json
        return selection
    }

    private static func kinds(_ names: [String]) throws -> RecordKinds {
        var kinds: RecordKinds = []
        for name in names {
            guard let kind = RecordKind.allCases.first(where: { "\($0.name)" == name.lowercased() }) else {
                let known = RecordKind.allCases.map { "\($0.name)" }.joined(separator: ", ")
                throw ToolFailure("--kind \"\(name.escaped)\" is not one of \(known)")
            }
            kinds.insert(RecordKinds(kind))
        }
        return kinds
    }

    /// Shows the lines. Throws the exit status where it is not success.
    func run() throws {
        do {
            if command.follow { try follow() }
            let found = try command.isTail ? showLast().lines.count : showAll()
            if found == 0 { throw ToolStatus(code: GatelogTool.ExitStatus.nothing) }
        } catch let error as LogReadError {
            throw ToolFailure("\(error)")
        }
    }

    private func showAll() throws -> Int {
        let printer = LogPrinter(console)
        let outcome = try reader.search(selection, into: printer)
        try printer.finish()
        try tell(outcome.losses, exhausted: outcome.exhausted)
        return outcome.found
    }

    /// Shows the last lines and goes on until somebody ends the program, or nobody reads any more.
    private func follow() throws -> Never {
        let last = try showLast()
        var follower = try LogFollower(reader, selection, from: last.next ?? .beginning)
        while true {
            let page = try follower.next()
            if page.wasCut { console.warn("the log was cleared, or files were removed before they were read") }
            try show(page)
            for loss in page.losses { console.warn("\(loss)") }
            if !page.more { follower.wait(milliseconds: 500) }
        }
    }

    private func showLast() throws -> LogLines {
        let limit =
            command.lines ?? (command.follow ? LogShowCommand.defaultFollowedLines : LogShowCommand.defaultLines)
        let page = try reader.page(selection, limit: limit, patience: .max / 4)
        try show(page)
        try tell(page.losses, exhausted: page.exhausted)
        return page
    }

    private func show(_ page: LogLines) throws {
        guard !page.lines.isEmpty else { return }
        let printer = LogPrinter(console)
        var buffer = ByteBuffer()
        for line in page.lines {
            if command.json {
                line.appendObject(to: &buffer)
            } else {
                buffer.append(line.text.span.bytes)
            }
            buffer.append(UInt8(ascii: "\n"))
        }
        _ = printer.take(buffer.bytes)
        try printer.finish()
    }

    /// Says what could not be looked at; that makes the answer incomplete, which is an error.
    private func tell(_ losses: [LogLoss], exhausted: Int) throws {
        for loss in losses { console.warn("\(loss)") }
        if exhausted > 0 {
            console.warn("\(exhausted) lines were too hard for the regular expression, and count as not meeting it")
        }
        if losses.contains(where: \.isIncomplete) { throw ToolStatus(code: GatelogTool.ExitStatus.failure) }
    }
}

extension LogLoss {
    fileprivate var isIncomplete: Bool {
        switch reason {
        case .damaged, .noIndex, .damagedIndex: true
        case .noTimes, .longLines: false
        }
    }
}

/// What an index can know of packets.
enum StoredFacts {
    static let facts: SourceFacts = [
        .incomingInterface, .outgoingInterface, .direction, .firewallLog, .linkHeader, .names, .users, .countries,
        .networks,
    ]
}
