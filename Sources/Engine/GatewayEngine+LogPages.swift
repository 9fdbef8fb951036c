public import ControlMessages
import Expressions
import LogFiles
import LogIndex
import Primitives
import Records
import Settings
import SystemCalls

extension GatewayEngine {
    public func logPage(_ name: String, _ query: LogQuery) async throws(ControlError) -> LogPage {
        let reader = LogReader(path: logs[try log(named: name)].path)
        let selected = try selection(query)
        let start = try Self.start(query)
        guard query.limit > 0 else { return LogPage(lines: [], more: false) }
        return try await queries.run {
            do throws(LogReadError) {
                return .success(LogPage(try reader.page(selected, start, limit: query.limit)))
            } catch {
                return .failure(ControlError(error))
            }
        }
    }

    /// What a query selects. A time is RFC 3339, or as people type it at the command line.
    func selection(_ query: LogQuery) throws(ControlError) -> LogSelection {
        var selection = LogSelection()
        selection.zone = plan.lines.zone
        selection.pattern = query.grep
        selection.ignoresCase = query.ignoresCase
        if !query.kinds.isEmpty { selection.kinds = try Self.kinds(query.kinds) }
        selection.directory = plan.directory
        if let match = query.match { selection.expression = try parse(match) }
        selection.since = try time(query.since, "since")
        selection.until = try time(query.until, "until")
        selection.wantsRecords = query.json
        return selection
    }

    private static func kinds(_ names: [String]) throws(ControlError) -> RecordKinds {
        var kinds: RecordKinds = []
        for name in names {
            guard let kind = RecordKind.allCases.first(where: { "\($0.name)" == name.lowercased() }) else {
                let known = RecordKind.allCases.map { "\($0.name)" }.joined(separator: ", ")
                throw ControlError(.invalid, "kind \"\(name)\" is not one of \(known)")
            }
            kinds.insert(RecordKinds(kind))
        }
        return kinds
    }

    private func time(_ text: String?, _ name: String) throws(ControlError) -> Timestamp? {
        guard let text else { return nil }
        guard let point = TimePoint(parsing: text, zone: plan.lines.zone) else {
            throw ControlError(
                .invalid, "\(name) takes a time such as 2026-11-21T10:00:00Z, 2026-11-21 or 10:00, not \"\(text)\"")
        }
        return point.resolved(first: Clocks.wall, zone: plan.lines.zone)
    }

    static func start(_ query: LogQuery) throws(ControlError) -> LogPageStart {
        if query.after != nil, query.before != nil {
            throw ControlError(.invalid, "a page begins behind a place or ends before one; choose after or before")
        }
        if let after = query.after { return .after(try place(after)) }
        if let before = query.before { return .before(try place(before)) }
        return query.fromBeginning ? .beginning : .end
    }

    private static func place(_ text: String) throws(ControlError) -> LogPlace {
        guard let place = LogPlace(text) else {
            throw ControlError(.invalid, "\"\(text)\" is no place in a log; take it from a page's first or next")
        }
        return place
    }
}

extension LogPage {
    init(_ found: LogLines) {
        self.init(lines: found.lines.map { String(decoding: $0.text, as: UTF8.self) }, more: found.more)
        if found.lines.contains(where: { $0.record != nil }) {
            records = found.lines.map { $0.record.map { String(decoding: $0, as: UTF8.self) } ?? "" }
        }
        first = found.first.map { "\($0)" }
        next = found.next.map { "\($0)" }
        missed = found.missed
        var warnings = found.losses.map { "\($0)" }
        if found.exhausted > 0 {
            warnings.append(
                "\(found.exhausted) lines were too hard for the regular expression, and count as not meeting it")
        }
        self.warnings = warnings.isEmpty ? nil : warnings
    }
}

extension ControlError {
    init(_ error: LogReadError) {
        let code: Code =
            switch error.reason {
            case .placeGone: .notFound
            case .pattern: .invalid
            default: .unavailable
            }
        self.init(code, "\(error)")
    }
}
