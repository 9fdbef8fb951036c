import CaptureFiles
import IPLog
import PacketDecoding
import Primitives

/// Turns an ipl log into the pcapng that a capture of the same packets would be, as it streams in.
///
/// Each packet's record becomes one of the firewall's log (NFLOG): that link type has all that an ipl record knows, so
/// that verdict, rule and group mean in expressions what they mean live. Records of translations and states are no
/// packets, and are passed over.
struct RecordTranscoder: ~Copyable {
    private static let inputLength = 256 << 10

    private var reader: IPLogReader
    private var input: ReadWindow
    private var position = 0
    private var isInputAtEnd = false
    private var output = ByteBuffer(capacity: 64 << 10)
    private var outputPosition = 0
    private var writer: PcapngWriter
    private var frame = ByteBuffer(capacity: 4 << 10)
    private var interfaces: [String: InterfaceID] = [:]
    /// The interface of the last record is most often the next one's, too.
    private var last: (name: IPLogName, unit: UInt32, id: InterfaceID)?
    private(set) var damage: [CaptureDamage] = []
    private(set) var damageCount = 0

    /// Takes the bytes that were read so far. Nil where no ipl log begins with them.
    init?(beginning window: inout ReadWindow, isAtEnd: Bool) {
        guard Self.isRecordLog(window, isAtEnd: isAtEnd) else { return nil }
        reader = IPLogReader(unit: .filter)
        input = ReadWindow(capacity: max(Self.inputLength, window.count + 4096))
        input.room.copyMemory(from: UnsafeRawBufferPointer(start: window.base, count: window.count))
        input.add(window.count)
        window.drop(window.count)
        isInputAtEnd = isAtEnd
        writer = PcapngWriter(CaptureDescription(application: "an ipl log"), into: &output)
    }

    /// Bytes that a log must begin with, to be told from other files: what detection follows at most of usual records.
    static let headLength = 16 << 10

    /// Whether a capture's first word says that it may be an ipl log: a unit's magic number, or none that we know.
    static func mayBegin(_ window: borrowing ReadWindow) -> Bool {
        guard window.count >= 4 else { return false }
        return !CaptureFormat.begins(window.bytes)
    }

    private static func isRecordLog(_ window: borrowing ReadWindow, isAtEnd: Bool) -> Bool {
        if IPLogUnit(magic: window.bytes.little32(at: 0)) != nil { return true }
        var reader = IPLogReader(unit: .filter)
        if case .record = reader.next(window.bytes, at: 0, isEnd: isAtEnd) { return true }
        return false
    }

    /// Puts bytes of the pcapng into `room`; 0 where `needsInput`, and at the end.
    mutating func read(into room: UnsafeMutableRawBufferPointer) -> Int {
        if outputPosition == output.count {
            output.removeAll()
            outputPosition = 0
            fill(room.count)
        }
        let count = min(room.count, output.count - outputPosition)
        guard count > 0 else { return 0 }
        output.copy(outputPosition..<outputPosition + count, to: room)
        outputPosition += count
        return count
    }

    /// More of the log has to come before there is more of the pcapng.
    var needsInput: Bool { outputPosition == output.count && !isInputAtEnd }

    /// The room for more of the log; tell what came by `add`.
    mutating func inputRoom() -> UnsafeMutableRawBufferPointer {
        input.drop(position)
        reader.base += Int64(position)
        position = 0
        if input.room.count < 4096 { input.grow(to: input.capacity * 2) }
        return input.room
    }

    /// So many bytes of the log came; none is its end.
    mutating func add(_ count: Int) {
        input.add(count)
        if count == 0 { isInputAtEnd = true }
    }

    private mutating func fill(_ wanted: Int) {
        while output.count < wanted {
            // A value of its own while the window's bytes are lent to it.
            let step = reader.next(input, at: position, isEnd: isInputAtEnd)
            switch step {
            case .record(let place):
                append(place)
                position = place.end
            case .other(let place): position = place.end
            case .damage(let damage, let resume):
                note(damage)
                position = resume
            case .more(let keep):
                position = keep
                return
            case .end: return
            }
        }
    }

    private mutating func note(_ found: IPLogDamage) {
        damageCount += 1
        guard damage.count < CaptureParser.damageLimit else { return }
        damage.append(
            CaptureDamage(
                offset: found.offset, reason: .record("\(found.reason)"), skipped: found.resumed - found.offset))
    }

    private mutating func append(_ place: IPLogReader.Place) {
        guard let layout = reader.layout else { return }
        let header = IPLogHeader(input.bytes, at: place.start, layout)
        let record = IPLogFilterRecord(input.bytes, at: place.start + layout.headerSize, layout)
        let start = place.start + layout.fixedSize(.filter)
        let end = start + Int(record.headerLength) + Int(record.bodyLength)
        frame.removeAll()
        frame.appendLogRecord(record, input, start..<end, layout)
        var told = Frame(
            time: header.time, capturedLength: frame.count, originalLength: frame.count, linkType: .nflog)
        told.direction = record.direction == 0 ? .incoming : record.direction == 1 ? .outgoing : .unknown
        told.interface = interface(of: record, layout)
        let comments = header.count > 1 ? ["\(header.count) packets alike, of which this is the first"] : []
        writer.append(told, frame, comments, into: &output)
    }

    private mutating func interface(of record: IPLogFilterRecord, _ layout: IPLogLayout) -> InterfaceID {
        if let last, last.name == record.interface, last.unit == record.interfaceUnit { return last.id }
        let name = Self.name(record, layout)
        let id = interfaces[name] ?? add(name)
        last = (record.interface, record.interfaceUnit, id)
        return id
    }

    private mutating func add(_ name: String) -> InterfaceID {
        // Beyond, packets are of a nameless interface.
        guard interfaces.count < CaptureParser.interfaceLimit - 1 else { return .none }
        let id = InterfaceID(rawValue: UInt16(interfaces.count))
        interfaces[name] = id
        var interface = CaptureInterface(id: id, linkType: .nflog)
        if !name.isEmpty { interface.name = name }
        writer.add(interface, into: &output)
        return id
    }

    /// Names of four bytes lack the number of the interface.
    private static func name(_ record: IPLogFilterRecord, _ layout: IPLogLayout) -> String {
        let name = record.interface.text
        let isShort =
            switch layout {
            case .manualPage, .v32, .v340: true
            case .manualPageLongNames, .v34, .v41, .v50, .v51: false
            }
        guard isShort, let final = name.last, final.isLetter, name != "lo" else { return name }
        return "\(name)\(record.interfaceUnit)"
    }
}

/// A transcoder that a reader may have or not have.
final class RecordTranscoding {
    var transcoder: RecordTranscoder

    init(_ transcoder: consuming RecordTranscoder) { self.transcoder = transcoder }
}

// One part of the transcoder is changed while another's bytes are lent to it: the compiler only tells them apart where
// each is a parameter of its own.

extension PcapngWriter {
    fileprivate mutating func append(
        _ frame: Frame, _ bytes: borrowing ByteBuffer, _ comments: [String], into buffer: inout ByteBuffer
    ) {
        append(frame, bytes.bytes, comments: comments, into: &buffer)
    }
}

extension ByteBuffer {
    fileprivate func copy(_ range: Range<Int>, to room: UnsafeMutableRawBufferPointer) {
        bytes.extracting(range).withUnsafeBytes { room.copyMemory(from: $0) }
    }

    fileprivate mutating func appendLogRecord(
        _ record: IPLogFilterRecord, _ window: borrowing ReadWindow, _ range: Range<Int>, _ layout: IPLogLayout
    ) {
        appendLogRecord(record, window.bytes.extracting(range), layout)
    }
}

extension IPLogReader {
    fileprivate mutating func next(_ window: borrowing ReadWindow, at start: Int, isEnd: Bool) -> Step {
        next(window.bytes, at: start, isEnd: isEnd)
    }
}
