import PacketDecoding
import Primitives
import Records

extension TrafficSummary {
    /// Rows shown of each table; the rest is summed in one line.
    static let rowsShown = 10
    /// Rows of the time histogram.
    static let histogramRows = 24
    /// Characters of the longest bar.
    static let barWidth = 40

    /// The summary as people read it. `clock` spells times.
    func table(_ clock: (Timestamp) -> String) -> String {
        guard total.packets > 0 else { return "No packet matched.\n" }
        let length = latest.nanoseconds.subtractingReportingOverflow(earliest.nanoseconds).partialValue
        var text = """
            \(HumanNumbers.grouped(total.packets)) packets, \(HumanNumbers.bytes(total.bytes)) on the wire
            from \(clock(earliest)) to \(clock(latest)) (\(HumanNumbers.duration(nanoseconds: length)))

            """
        if broken > 0 {
            let share = HumanNumbers.share(broken, of: total.packets)
            text +=
                "\(HumanNumbers.grouped(broken)) packets (\(share)) are cut off or broken; what stands before that was used\n"
        }
        return text + "\n" + protocolTable + "\n" + talkerTable + portTable + timeTable(clock)
    }

    private var protocolTable: String {
        var table = TextTable([("Protocol", .left), ("Packets", .right), ("", .right), ("Bytes", .right), ("", .right)])
        let rows = protocols.sorted { ($0.value.bytes, $1.key.name) > ($1.value.bytes, $0.key.name) }
        for (key, counts) in rows.prefix(Self.rowsShown) { table.add([key.name] + cells(counts)) }
        let rest = rows.dropFirst(Self.rowsShown).map(\.value)
        if !rest.isEmpty { table.add(["(\(rest.count) more)"] + cells(sum(rest))) }
        return table.text
    }

    private var talkerTable: String {
        guard !talkers.isEmpty else { return "" }
        var table = TextTable([
            ("Address", .left), ("Sent", .right), ("Packets", .right), ("Received", .right), ("Packets", .right),
        ])
        let rows = talkers.sorted { ($0.value.bytes, $1.key) > ($1.value.bytes, $0.key) }
        for (address, talker) in rows.prefix(Self.rowsShown) { table.add([address.description] + cells(talker)) }
        var rest = otherTalkers
        for (_, talker) in rows.dropFirst(Self.rowsShown) {
            rest.sent = sum([rest.sent, talker.sent])
            rest.received = sum([rest.received, talker.received])
        }
        if rest != Talker() { table.add(["(others)"] + cells(rest)) }
        var text = table.text
        if otherTalkers != Talker() {
            text += """
                More than \(HumanNumbers.grouped(Self.talkerLimit)) addresses: those that came later are counted together, \
                so one of them may be missing above.

                """
        }
        return text + "\n"
    }

    private var portTable: String {
        guard !ports.isEmpty else { return "" }
        var table = TextTable([("Port", .left), ("Packets", .right), ("", .right), ("Bytes", .right), ("", .right)])
        let rows = ports.sorted {
            ($0.value.bytes, $1.key.port, $1.key.transport) > ($1.value.bytes, $0.key.port, $0.key.transport)
        }
        for (key, counts) in rows.prefix(Self.rowsShown) { table.add([key.name] + cells(counts)) }
        let rest = rows.dropFirst(Self.rowsShown).map(\.value)
        if !rest.isEmpty { table.add(["(\(rest.count) more)"] + cells(sum(rest))) }
        return table.text + "The lower of the two ports, which is the service's nearly always.\n\n"
    }

    private func timeTable(_ clock: (Timestamp) -> String) -> String {
        let (width, slots) = histogram.rows(atMost: Self.histogramRows)
        let most = slots.map(\.packets).max() ?? 1
        var table = TextTable([
            ("Time, a row is \(HumanNumbers.duration(nanoseconds: width))", .left), ("Packets", .right),
            ("Bytes", .right), ("", .left),
        ])
        for slot in slots {
            table.add([
                clock(Timestamp(nanoseconds: slot.start)), HumanNumbers.grouped(slot.packets),
                HumanNumbers.bytes(slot.bytes), Self.bar(slot.packets, of: most),
            ])
        }
        return table.text
    }

    /// A bar of eighths of a character; a slot that is not empty shows at least the thinnest one.
    static func bar(_ part: Int, of whole: Int) -> String {
        guard part > 0, whole > 0 else { return "" }
        let eighths = max(1, Int((Double(part) / Double(whole) * Double(barWidth * 8)).rounded()))
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: eighths / 8) + partial[eighths % 8]
    }

    private func cells(_ counts: Counts) -> [String] {
        [
            HumanNumbers.grouped(counts.packets), HumanNumbers.share(counts.packets, of: total.packets),
            HumanNumbers.bytes(counts.bytes), HumanNumbers.share(counts.bytes, of: total.bytes),
        ]
    }

    private func cells(_ talker: Talker) -> [String] {
        [
            HumanNumbers.bytes(talker.sent.bytes), HumanNumbers.grouped(talker.sent.packets),
            HumanNumbers.bytes(talker.received.bytes), HumanNumbers.grouped(talker.received.packets),
        ]
    }

    private func sum(_ all: [Counts]) -> Counts {
        all.reduce(into: Counts()) { sum, next in
            sum.packets += next.packets
            sum.bytes += next.bytes
        }
    }
}
