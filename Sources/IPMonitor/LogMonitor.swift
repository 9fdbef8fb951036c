import IPLog
import Primitives
import SystemCalls

/// One run: reads the logs that the options select, and writes their text.
final class LogMonitor {
    let surroundings: MonitorSurroundings
    let options: MonitorOptions
    let output: TextOutput
    let raw: RawOutput?
    var actions: MonitorActions?
    var text: IPLogText
    var lines = ByteBuffer(capacity: LogMonitor.lineCapacity * 2)
    var reports = DamageReports()

    /// Text that is gathered before it is written.
    static let lineCapacity = 64 << 10

    init(
        _ options: MonitorOptions, _ surroundings: MonitorSurroundings, raw: RawOutput?, actions: MonitorActions?
    ) throws(SystemCallError) {
        self.options = options
        self.surroundings = surroundings
        self.raw = raw
        self.actions = actions
        output = try TextOutput(options.usesSyslog ? nil : options.output, surroundings.console)
        var form = IPLogText.Options()
        form.showsDate = !options.usesSyslog
        form.showsNumbers = options.showsNumbers
        form.namesHosts = options.namesHosts
        form.numericPorts = options.numericPorts
        text = IPLogText(
            options: form, tables: surroundings.tables(), zone: surroundings.zone, host: surroundings.host)
    }

    /// Takes over what was read: writes the text of all whole records, and keeps the rest.
    func drain(_ source: LogSource, isEnd: Bool) {
        let used = drain(source.buffer.bytes, source, isEnd: isEnd)
        source.used = used
    }

    private func drain(_ bytes: RawSpan, _ source: LogSource, isEnd: Bool) -> Int {
        var reader = source.reader
        var at = source.used
        // Records from here on are for the raw file.
        var rawStart = at
        steps: while true {
            switch reader.next(bytes, at: at, isEnd: isEnd) {
            case .record(let place):
                if let layout = reader.layout { show(bytes, place, source, layout) }
                at = place.end
            case .other(let place):
                at = place.end
            case .damage(let damage, let resume):
                raw?.write(bytes.extracting(rawStart..<max(at, rawStart)))
                report(damage, source)
                at = resume
                rawStart = resume
            case .more(let keep):
                raw?.write(bytes.extracting(rawStart..<max(at, rawStart)))
                at = keep
                break steps
            case .end:
                raw?.write(bytes.extracting(rawStart..<max(at, rawStart)))
                break steps
            }
        }
        source.reader = reader
        return at
    }

    private func show(_ bytes: RawSpan, _ place: IPLogReader.Place, _ source: LogSource, _ layout: IPLogLayout) {
        if layout.hasSequence {
            let header = IPLogHeader(bytes, at: place.start, layout)
            if header.sequence != source.expected { sayMissed(source, header.sequence) }
            source.expected = header.sequence &+ header.count
        }
        if let actions {
            let record = LoggedRecord(unit: source.unit, layout: layout, place: place)
            if actions.handle(bytes, record, &text) { return }
        }
        let start = lines.count
        let priority = text.append(bytes, place, source.unit, layout, to: &lines)
        if options.usesSyslog { sendLines(from: start, Int32(priority.rawValue)) }
        if source.unit == .filter, options.dumpsHeader || options.dumpsPacket || options.dumpsBody {
            dump(bytes, place, layout)
        }
        if lines.count >= Self.lineCapacity { flush() }
    }

    private func sayMissed(_ source: LogSource, _ found: UInt32) {
        let start = lines.count
        IPLogText.appendMissed(source.unit, expected: source.expected, found: found, to: &lines)
        if options.usesSyslog {
            sendLines(from: start, Int32(IPLogPriority.warning.rawValue))
        } else {
            lines.append(UInt8(ascii: "\n"))
        }
    }

    private func dump(_ bytes: RawSpan, _ place: IPLogReader.Place, _ layout: IPLogLayout) {
        if options.dumpsHeader {
            // 3.2 shows no more than the header.
            let end = place.start + (layout == .v32 ? layout.headerSize : layout.fixedSize(.filter))
            dump(bytes.extracting(place.start..<end))
        }
        let record = IPLogFilterRecord(bytes, at: place.start + layout.headerSize, layout)
        let packet = place.start + layout.fixedSize(.filter)
        let body = packet + Int(record.headerLength)
        let end = body + Int(record.bodyLength)
        if options.dumpsPacket {
            dump(bytes.extracting(packet..<end))
        } else if options.dumpsBody, record.logsBody(layout) {
            dump(bytes.extracting(body..<end))
        }
    }

    private func dump(_ bytes: RawSpan) {
        guard options.usesSyslog else { return IPLogHexDump.append(bytes, to: &lines) }
        var at = 0
        while at < bytes.byteCount {
            let start = lines.count
            at = IPLogHexDump.appendLine(bytes, at: at, to: &lines)
            sendLines(from: start, Int32(IPLogPriority.informational.rawValue))
        }
    }

    /// Sends what was appended from `start` on as one message, and forgets it.
    private func sendLines(from start: Int, _ priority: Int32) {
        surroundings.syslog.send(lines.bytes.extracting(start...), priority: priority)
        lines.truncate(to: start)
    }

    /// Writes what was gathered.
    func flush() {
        guard lines.count > 0 else { return }
        defer { lines.removeAll() }
        do {
            try output.write(lines.bytes)
        } catch {
            failure = error
        }
    }

    /// The first write that failed since it was last asked: the text is lost.
    var failure: SystemCallError?
}
