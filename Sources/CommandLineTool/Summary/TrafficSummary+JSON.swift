import Foundation
import Primitives

extension TrafficSummary {
    /// The summary as one JSON object on one line: all protocols and ports, the talkers that the table shows.
    var json: String {
        let shown = talkers.sorted { ($0.value.bytes, $1.key) > ($1.value.bytes, $0.key) }.prefix(Self.rowsShown)
        let (width, slots) = histogram.rows(atMost: Self.histogramRows)
        let document = Document(
            packets: total.packets, bytes: total.bytes, broken: broken,
            first: total.packets > 0 ? earliest.nanoseconds : nil,
            last: total.packets > 0 ? latest.nanoseconds : nil,
            protocols: protocols.map { Row($0.key.name, $0.value) }.sorted(by: Row.precedes),
            ports: ports.map { Row($0.key.name, $0.value) }.sorted(by: Row.precedes),
            talkers: shown.map { TalkerRow($0.key.description, $0.value) },
            uncountedTalkers: otherTalkers == Talker() ? nil : TalkerRow("others", otherTalkers),
            histogram: Histogram(
                width: width, slots: slots.map { HistogramSlot(start: $0.start, packets: $0.packets, bytes: $0.bytes) })
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        guard let data = try? encoder.encode(document) else { preconditionFailure("plain numbers and names encode") }
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    /// Times are nanoseconds since 1970.
    private struct Document: Encodable {
        var packets: Int
        var bytes: Int
        var broken: Int
        var first: Int64?
        var last: Int64?
        var protocols: [Row]
        var ports: [Row]
        var talkers: [TalkerRow]
        var uncountedTalkers: TalkerRow?
        var histogram: Histogram
    }

    private struct Row: Encodable {
        var name: String
        var packets: Int
        var bytes: Int

        init(_ name: String, _ counts: Counts) {
            self.name = name
            packets = counts.packets
            bytes = counts.bytes
        }

        static func precedes(_ left: Row, _ right: Row) -> Bool {
            (left.bytes, right.name) > (right.bytes, left.name)
        }
    }

    private struct TalkerRow: Encodable {
        var address: String
        var sentPackets: Int
        var sentBytes: Int
        var receivedPackets: Int
        var receivedBytes: Int

        init(_ address: String, _ talker: Talker) {
            self.address = address
            sentPackets = talker.sent.packets
            sentBytes = talker.sent.bytes
            receivedPackets = talker.received.packets
            receivedBytes = talker.received.bytes
        }
    }

    private struct Histogram: Encodable {
        var width: Int64
        var slots: [HistogramSlot]
    }

    private struct HistogramSlot: Encodable {
        var start: Int64
        var packets: Int
        var bytes: Int
    }
}
