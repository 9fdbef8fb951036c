public import PacketDecoding
public import Primitives

/// Writes packets as log lines: the time in brackets, what the log puts before the template, the
/// template, a newline. Nothing is allocated for a packet but room in the buffer.
public struct PacketLineRenderer: ~Copyable {
    /// What stands between the time and the template.
    public enum Form: Hashable, Sendable {
        /// `PERMIT "rule" ` where the firewall's log says by which rule, else nothing: `gatelog read`.
        case file
        /// `PERMIT "rule" `: the Filter log.
        case filterLog
        /// `{pktlog} `: the Debug log's packet logging.
        case packetLogging
        /// `{pktdrop} packet dropped: REASON (` ... `)`: the Debug log's drops.
        case drop(DropReason)
    }

    /// Why a packet was dropped.
    public enum DropReason: Hashable, Sendable {
        /// `Traffic rule: NAME`, the name being the record's.
        case trafficRule
        /// `3-way handshake not completed`.
        case handshakeNotCompleted
        /// `Anti-spoofing`.
        case antiSpoofing
    }

    let template: PacketTemplate
    let dialect: LogDialect
    var clock: LineClock
    let flags: FlagTexts

    /// A renderer of `template` (the dialect's own by default); `clock` has a bracketed form.
    public init(template: PacketTemplate? = nil, dialect: LogDialect = .control, clock: consuming LineClock) {
        self.template = template ?? .standard(dialect)
        self.dialect = dialect
        self.clock = clock
        flags = FlagTexts(dialect)
    }

    /// Facts that cost a look-up and that lines show.
    public var needs: PacketTemplate.Needs { template.needs }

    /// Appends the line of a frame whose layers have been decoded.
    public mutating func append(
        _ frame: Frame, _ layers: Layers, _ bytes: RawSpan, _ names: borrowing PacketNames,
        form: Form = .file, to buffer: inout ByteBuffer
    ) {
        append(PacketRecord(frame, layers, bytes), bytes, names, form: form, to: &buffer)
    }

    /// Appends the line of a record; `bytes` are those of its frame.
    public mutating func append(
        _ record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames, form: Form = .file,
        to buffer: inout ByteBuffer
    ) {
        buffer.reserve(512)
        clock.append(record.time, to: &buffer)
        switch form {
        case .file:
            if record.present.contains(.rule) { appendRule(record, bytes, to: &buffer) }
        case .filterLog:
            appendRule(record, bytes, to: &buffer)
        case .packetLogging:
            buffer.append("{pktlog} ")
        case .drop(let reason):
            buffer.append("{pktdrop} packet dropped: ")
            append(reason, record, bytes, to: &buffer)
            buffer.append(" (")
            appendPieces(record, bytes, names, isDrop: true, to: &buffer)
            buffer.append(")\n")
            return
        }
        appendPieces(record, bytes, names, isDrop: false, to: &buffer)
        buffer.append(UInt8(ascii: "\n"))
    }

    @inline(__always)
    private mutating func appendPieces(
        _ record: PacketRecord, _ bytes: RawSpan, _ names: borrowing PacketNames, isDrop: Bool,
        to buffer: inout ByteBuffer
    ) {
        for index in template.pieces.indices {
            let piece = template.pieces[index]
            switch piece.variable {
            case nil:
                buffer.append(piece.text)
            case .direction:
                if !isDrop { buffer.append("packet ") }
                switch record.direction {
                case .incoming: buffer.append("from")
                case .outgoing: buffer.append("to")
                case .unknown: buffer.append("on")
                }
            case .interface:
                record.appendInterface(names, to: &buffer)
            case .proto:
                record.appendProtocol(to: &buffer)
            case .packetLength:
                buffer.append(decimal: record.length)
            case .source:
                record.appendEndpoint(
                    record.sourceIP, record.sourcePort, record.sourceMAC, .sourceMAC, to: &buffer)
            case .destination:
                record.appendEndpoint(
                    record.destinationIP, record.destinationPort, record.destinationMAC, .destinationMAC, to: &buffer)
            case .payload:
                record.appendDetails(after: piece.text, flags, to: &buffer)
            case let variable?:
                append(variable, of: record, bytes, names, to: &buffer)
            }
        }
    }

    private func appendRule(_ record: PacketRecord, _ bytes: RawSpan, to buffer: inout ByteBuffer) {
        let quote = UInt8(ascii: dialect == .control ? "\"" : "'")
        record.appendVerdict(to: &buffer, otherwise: "LOG")
        buffer.append(UInt8(ascii: " "))
        buffer.append(quote)
        record.appendRuleName(bytes, quote: quote, to: &buffer)
        buffer.append(quote)
        buffer.append(UInt8(ascii: " "))
    }

    private func append(
        _ reason: DropReason, _ record: PacketRecord, _ bytes: RawSpan, to buffer: inout ByteBuffer
    ) {
        switch reason {
        case .trafficRule:
            buffer.append("Traffic rule: ")
            record.appendRuleName(bytes, quote: nil, to: &buffer)
        case .handshakeNotCompleted:
            buffer.append("3-way handshake not completed")
        case .antiSpoofing:
            buffer.append("Anti-spoofing")
        }
    }
}
