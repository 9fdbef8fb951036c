import IPLog
import Primitives
import SystemCalls

/// What ipmon.conf makes of records: asks its rules, the last one first, and does what those say that fire.
final class MonitorActions {
    private var matchers: [RuleMatcher]
    private let surroundings: MonitorSurroundings
    private var files: [String: ActionFile] = [:]
    private var line = ByteBuffer(capacity: 1024)
    private let units: Set<IPLogUnit>

    init(_ file: ConfigurationFile, _ surroundings: MonitorSurroundings) {
        matchers = file.rules.reversed().map { RuleMatcher($0) }
        units = Set(file.rules.map(\.unit))
        self.surroundings = surroundings
    }

    /// Whether any rule sends messages.
    var usesSyslog: Bool {
        matchers.contains { matcher in
            matcher.rule.actions.contains { if case .syslog = $0 { true } else { false } }
        }
    }

    /// Does what the rules say of a record; false where none fired, and the record is printed as always.
    func handle(_ bytes: RawSpan, _ record: LoggedRecord, _ text: inout IPLogText) -> Bool {
        guard units.contains(record.unit) else { return false }
        let facts = RecordFacts(bytes, record)
        var priority: IPLogPriority?
        for index in matchers.indices where matchers[index].fires(facts) {
            if priority == nil {
                line.removeAll()
                priority = text.append(bytes, record.place, record.unit, record.layout, to: &line)
            }
            for action in matchers[index].rule.actions {
                perform(action, line, bytes, record, priority ?? .informational)
            }
        }
        return priority != nil
    }

    private func perform(
        _ action: ConfigurationRule.Action, _ text: borrowing ByteBuffer, _ bytes: RawSpan, _ record: LoggedRecord,
        _ priority: IPLogPriority
    ) {
        switch action {
        case .nothing:
            break
        case .syslog(let facility, let own):
            let base = own ?? Int32(priority.rawValue & 7)
            let given = Int32(priority.rawValue & ~7)
            surroundings.syslog.send(text.bytes, priority: (facility ?? given) | base)
        case .text(let path):
            file(path).append(text.bytes)
        case .raw(let path):
            file(path).append(bytes.extracting(record.place.start..<record.place.end))
        case .execute(let command):
            do {
                try Processes.run(shell: command, input: text.bytes)
            } catch {
                surroundings.console.report("execute: \(error)")
            }
        }
    }

    private func file(_ path: String) -> ActionFile {
        if let file = files[path] { return file }
        let file = ActionFile(path)
        files[path] = file
        return file
    }

    /// Writes what was gathered for files, and says which cannot be written.
    func finish() {
        for file in files.values {
            if let error = file.flush() { surroundings.console.report("\(file.path): \(error.errno)") }
        }
    }
}

/// A file that rules write to; opened when first needed.
final class ActionFile {
    let path: String
    private var output: TextFile?
    private var buffer = ByteBuffer(capacity: 4096)
    private var failure: SystemCallError?

    private final class TextFile {
        let file: FileDescriptor
        init(_ path: String) throws(SystemCallError) { file = try FileDescriptor(opening: path, for: .append) }
    }

    /// Bytes that are gathered before they are written.
    private static let most = 32 << 10

    init(_ path: String) { self.path = path }

    func append(_ bytes: RawSpan) {
        buffer.append(bytes)
        if buffer.count >= Self.most { write() }
    }

    /// Writes what was gathered; what failed since it was last asked is returned, and lost.
    func flush() -> SystemCallError? {
        write()
        defer { failure = nil }
        return failure
    }

    private func write() {
        guard buffer.count > 0 else { return }
        defer { buffer.removeAll() }
        do throws(SystemCallError) {
            if output == nil { output = try TextFile(path) }
            try output?.file.write(buffer.bytes)
        } catch {
            failure = error
        }
    }
}
