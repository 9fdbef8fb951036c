import Primitives
import SystemCalls

/// What is kept of a dump beside its files: a small text, so that a dump is known after a restart without reading it.
/// The files' heads say the most important of it too.
///
/// A line is a key, a blank and a value; in a value what is not printable ASCII is written `%NN`.
struct DumpJournal {
    /// Bytes of a journal that are read: an expression may be long.
    static let limit = 64 << 20
    private static let title = "gatelog dump 1"

    var report: DumpReport
    /// The whole files, the oldest first.
    var files: [WholeFile]

    init(_ report: DumpReport, _ files: [WholeFile]) {
        self.report = report
        self.files = files
    }

    /// Reads the journal in a dump's folder; nil where it is missing or not one.
    init?(in folder: String) {
        guard let bytes = try? Paths.contents("\(folder)/\(DumpFolder.journal)", limit: Self.limit) else { return nil }
        self.init(parsing: bytes)
    }

    init?(parsing bytes: [UInt8]) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        guard let first = lines.first, String(decoding: first, as: UTF8.self) == Self.title else { return nil }
        report = DumpReport(
            order: DumpOrder(name: "", expression: "", startedBy: "", startedAt: Timestamp(nanoseconds: 0)))
        files = []
        for line in lines.dropFirst() {
            let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            read(String(decoding: parts[0], as: UTF8.self), Self.unescaped(parts[1]))
        }
        guard DumpOrder.isName(report.order.name) else { return nil }
    }

    private mutating func read(_ key: String, _ value: String) {
        switch key {
        case "name": report.order.name = value
        case "expression": report.order.expression = value
        case "by": report.order.startedBy = value
        case "started": report.order.startedAt = Timestamp(nanoseconds: Int64(value) ?? 0)
        case "max-bytes": report.order.maxBytes = UInt64(value)
        case "max-seconds": report.order.maxSeconds = UInt64(value)
        case "max-packets": report.order.maxPackets = UInt64(value)
        case "snap-length": report.order.snapLength = Int(value)
        case "ring": report.order.ring = Int(value)
        case "phase": report.phase = DumpReport.Phase(rawValue: value) ?? .running
        case "reason": report.reason = value
        case "ended": report.endedAt = Int64(value).map { Timestamp(nanoseconds: $0) }
        case "lost": report.lost = UInt64(value) ?? 0
        case "lost-in-kernel": report.lostInKernel = UInt64(value) ?? 0
        case "file": readFile(value)
        default: break
        }
    }

    private mutating func readFile(_ value: String) {
        let numbers = value.split(separator: " ").compactMap { UInt64($0) }
        guard numbers.count == 3, let sequence = Int(exactly: numbers[0]), files.count < DumpLimits.ring else { return }
        files.append(WholeFile(sequence: sequence, bytes: numbers[1], packets: numbers[2]))
    }

    /// Writes it in one step: what stood there before is there until the new one is whole.
    func save(in folder: String) throws(SystemCallError) {
        let path = "\(folder)/\(DumpFolder.journal)"
        let hidden = "\(folder)/.\(DumpFolder.journal).part"
        let file = try FileDescriptor(opening: hidden, for: .replace, permissions: 0o640)
        do {
            var text = ByteBuffer(capacity: 1_024)
            append(to: &text)
            try file.write(text.bytes)
            try file.synchronize()
            try Paths.rename(hidden, to: path)
        } catch {
            try? Paths.unlink(hidden)
            throw error
        }
    }

    private func append(to text: inout ByteBuffer) {
        let order = report.order
        text.append(Self.title + "\n")
        let values: [(String, String?)] = [
            ("name", order.name), ("expression", order.expression), ("by", order.startedBy),
            ("started", String(order.startedAt.nanoseconds)), ("max-bytes", order.maxBytes.map { String($0) }),
            ("max-seconds", order.maxSeconds.map { String($0) }), ("max-packets", order.maxPackets.map { String($0) }),
            ("snap-length", order.snapLength.map { String($0) }), ("ring", order.ring.map { String($0) }),
            ("phase", report.phase.rawValue), ("reason", report.reason),
            ("ended", report.endedAt.map { String($0.nanoseconds) }), ("lost", String(report.lost)),
            ("lost-in-kernel", String(report.lostInKernel)),
        ]
        for case (let key, let value?) in values {
            text.append(key + " ")
            Self.escape(value, into: &text)
            text.append(UInt8(ascii: "\n"))
        }
        for file in files { text.append("file \(file.sequence) \(file.bytes) \(file.packets)\n" as String) }
    }

    private static func escape(_ value: String, into text: inout ByteBuffer) {
        for byte in value.utf8 {
            if 0x20..<0x7F ~= byte, byte != UInt8(ascii: "%") {
                text.append(byte)
            } else {
                text.append(UInt8(ascii: "%"))
                text.append(hex: UInt64(byte), digits: 2)
            }
        }
    }

    private static func unescaped(_ value: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var place = value.startIndex
        while place < value.endIndex {
            if value[place] == UInt8(ascii: "%"), value.endIndex - place > 2,
                let byte = UInt8(String(decoding: value[place + 1...place + 2], as: UTF8.self), radix: 16)
            {
                bytes.append(byte)
                place += 3
            } else {
                bytes.append(value[place])
                place += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
