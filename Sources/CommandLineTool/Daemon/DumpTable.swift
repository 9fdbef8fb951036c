import ControlMessages

/// Packet dumps as a table.
struct DumpTable {
    private let dumps: [DumpState]
    private let times: DaemonTimes
    private let paint: (String, Console.Color) -> String

    init(
        _ dumps: [DumpState], times: DaemonTimes,
        paint: @escaping (String, Console.Color) -> String = { text, _ in text }
    ) {
        self.dumps = dumps
        self.times = times
        self.paint = paint
    }

    var text: String {
        var table = TextTable([
            ("Dump", .left), ("State", .left), ("Expression", .left), ("Packets", .right), ("Size", .right),
            ("Lost", .right), ("Started", .left), ("By", .left),
        ])
        for dump in dumps {
            table.add([
                dump.name.escaped, state(dump), StatusText.short(dump.expression), StatusText.count(dump.packets),
                StatusText.bytes(dump.bytes), dump.lost == 0 ? "0" : paint(StatusText.count(dump.lost), .red),
                times.local(dump.startedAt), dump.startedBy.escaped,
            ])
        }
        return table.text
    }

    private func state(_ dump: DumpState) -> String {
        let reason = dump.reason.map { ": \($0.escaped)" } ?? ""
        switch dump.phase {
        case .running: return "running"
        case .finished: return "finished\(reason)"
        case .suspended: return paint("suspended\(reason)", .red)
        }
    }
}
