import PacketDecoding
public import Primitives
import Settings

/// Writes lines of a log and their records as syslog messages, in RFC 3164's form as Kerio Control sends it or in
/// RFC 5424's:
///
///     <134>Jul  8 15:39:56 control KerioControl: DENY "Admin panel block" packet from internet, proto:TCP, ...
///     <134>1 2026-07-08T15:39:56.123456+02:00 control KerioControl - filter [gatelog@32473 kind="filter" iif="internet"
///     verdict="drop" ...] DENY "Admin panel block" packet from internet, proto:TCP, ...
///
/// (the second one on one line). A message has no line end: it is framed by its length or by its datagram. In the steady
/// state nothing is allocated. A line of text costs about 30 ns, a record about 300.
public struct SyslogRenderer: ~Copyable {
    let sender: SyslogSender
    private var bsd: BSDHead
    private var bracketed: LineClock
    private var exact: LineClock
    private var head = ByteBuffer(capacity: 2048)
    private var scratch = ByteBuffer(capacity: 2048)
    /// What Gatelog's own objects begin with.
    private var members = ByteBuffer(capacity: 256)
    private var packets: PacketJSONRenderer
    private var connections: ConnectionJSONRenderer
    private var texts: SyslogTextObject
    private var parameters = StructuredData()
    private var cef: CEFRenderer
    private let services: ServiceNames

    /// A renderer for the lines of one log; local times are those of `zone`.
    public init(_ sender: SyslogSender, zone: ZoneTable, services: consuming ServiceNames = ServiceNames()) {
        self.sender = sender
        bsd = BSDHead(sender)
        bracketed = LineClock(zone: zone, form: .bracketed)
        exact = LineClock(zone: zone, form: .syslog)
        let names: JSONNames =
            switch sender.body {
            case .ecs: .ecs
            case .eve: .eve
            case .json, .text, .cef: .gatelog
            }
        packets = PacketJSONRenderer(names: names, zone: zone)
        connections = ConnectionJSONRenderer(names: names, zone: zone)
        texts = SyslogTextObject(names, log: sender.log, zone: zone)
        cef = CEFRenderer(log: sender.log, gateway: sender.gateway, severity: sender.severity)
        self.services = services
        guard sender.body == .json else { return }
        members.append("{\"log\":\"")
        members.append(escapingJSON: sender.log)
        members.append("\",\"gateway\":\"")
        members.append(escapingJSON: sender.gateway)
        members.append("\",")
    }

    /// Whether the lines' records are needed, or their text is enough.
    public var needsRecords: Bool { sender.format == .rfc5424 || sender.body != .text }

    /// Appends all of `lines`, each of which ends with a line end, as text behind RFC 3164's head; says how many they
    /// were. For a sender that needs no records. A line that does not begin with a time is sent whole, with the time of
    /// the line before, or `now`.
    public mutating func append(lines: RawSpan, now: Timestamp, to batch: inout SyslogBatch) -> Int {
        var start = 0
        var count = 0
        let limit = sender.size
        if bsd.bytes.count == 0 { bsd.turn(to: now, &bracketed, &scratch) }
        while start < lines.byteCount {
            let end = lines.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? lines.byteCount
            let line = lines.extracting(start..<end)
            let parts = SyslogLine(line)
            if parts.start > 0 { bsd.turn(to: line) }
            batch.append(bsd.bytes.bytes, line.extracting(parts.start..<line.byteCount), limit: limit)
            start = end + 1
            count += 1
        }
        return count
    }

    /// Appends a line (without its end) of which only the time and what it tells of is known.
    public mutating func append(_ line: RawSpan, time: Timestamp, kind: StaticString, to batch: inout SyslogBatch) {
        let text = line.extracting(SyslogLine(line).start..<line.byteCount)
        beginHead(time)
        if sender.format == .rfc5424 {
            parameters.begin(sender.enterprise, kind, to: &head)
            parameters.end(to: &head)
        }
        switch sender.body {
        case .text:
            finish(text, to: &batch)
        case .json, .ecs, .eve:
            scratch.removeAll()
            texts.append(text, time, kind, sender.gateway, to: &scratch)
            finishScratch(to: &batch)
        case .cef:
            scratch.removeAll()
            cef.append(text, time: time, kind: kind, to: &scratch)
            finishScratch(to: &batch)
        }
    }

    /// Appends a line that tells of a packet; `bytes` are those of the record, `names` the names that it speaks of.
    public mutating func append(
        _ line: RawSpan, _ record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames, kind: StaticString,
        to batch: inout SyslogBatch
    ) {
        let text = line.extracting(SyslogLine(line).start..<line.byteCount)
        beginHead(record.time)
        if sender.format == .rfc5424 {
            parameters.begin(sender.enterprise, kind, to: &head)
            record.give(to: &parameters, bytes, names, &head)
            parameters.end(to: &head)
        }
        switch sender.body {
        case .text:
            finish(text, to: &batch)
        case .json, .ecs, .eve:
            scratch.removeAll()
            packets.append(record, bytes, names, to: &scratch)
            finishObject(to: &batch)
        case .cef:
            scratch.removeAll()
            cef.append(text, record, bytes, names, kind: kind, to: &scratch)
            finishScratch(to: &batch)
        }
    }

    /// Appends a line that tells of a connection.
    public mutating func append(
        _ line: RawSpan, _ record: ConnectionRecord, _ names: borrowing PacketNames, to batch: inout SyslogBatch
    ) {
        let text = line.extracting(SyslogLine(line).start..<line.byteCount)
        beginHead(record.time)
        if sender.format == .rfc5424 {
            parameters.begin(sender.enterprise, "connection", to: &head)
            record.appendParameters(names, services, &exact, to: &head)
            parameters.end(to: &head)
        }
        switch sender.body {
        case .text:
            finish(text, to: &batch)
        case .json, .ecs, .eve:
            scratch.removeAll()
            connections.append(record, names, services, to: &scratch)
            finishObject(to: &batch)
        case .cef:
            scratch.removeAll()
            cef.append(text, record, names, services, to: &scratch)
            finishScratch(to: &batch)
        }
    }

    // MARK: Heads and ends

    /// The head up to the structured data, or up to the body where there is none.
    private mutating func beginHead(_ time: Timestamp) {
        head.removeAll()
        guard sender.format == .rfc5424 else {
            bsd.turn(to: time, &bracketed, &scratch)
            head.append(all: bsd.bytes)
            return
        }
        head.append(UInt8(ascii: "<"))
        head.append(decimal: sender.priority)
        head.append(">1 ")
        exact.append(time, to: &head)
        head.append(UInt8(ascii: " "))
        head.append(sender.host)
        head.append(UInt8(ascii: " "))
        head.append(sender.application)
        head.append(" - ")
        head.append(sender.log)
        head.append(UInt8(ascii: " "))
    }

    /// A head of which the structured data alone is too long goes without it: half an element would be no message.
    private mutating func finish(_ body: RawSpan, to batch: inout SyslogBatch) {
        guard head.count <= sender.size else {
            head.truncate(to: parameters.start)
            head.append("- ")
            batch.append(head.bytes, body, limit: min(sender.size, head.count + body.byteCount - 1))
            return
        }
        batch.append(head.bytes, body, limit: sender.size)
    }

    private mutating func finishScratch(to batch: inout SyslogBatch) {
        guard head.count <= sender.size else {
            head.truncate(to: parameters.start)
            head.append("- ")
            return batch.append(head.bytes, scratch.bytes, limit: min(sender.size, head.count + scratch.count - 1))
        }
        batch.append(head.bytes, scratch.bytes, limit: sender.size)
    }

    /// An object that its renderer ended with a line end; Gatelog's own say of which log and gateway they are.
    private mutating func finishObject(to batch: inout SyslogBatch) {
        scratch.truncate(to: scratch.count - 1)
        guard sender.body == .json else { return finishScratch(to: &batch) }
        head.append(all: members)
        batch.append(head.bytes, scratch.bytes.extracting(1..<scratch.count), limit: sender.size)
    }
}

extension ByteBuffer {
    /// Appends what another buffer of the same owner holds.
    fileprivate mutating func append(all other: borrowing ByteBuffer) { append(other.bytes) }
}
