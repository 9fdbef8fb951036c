import Expressions
import LiveCapture
import PacketDecoding
import Primitives
import SystemCalls

/// One ring, and what is done with its packets.
struct Probe: ~Copyable {
    let number: Int
    private var ring: PacketRing
    private var matcher: Matcher
    private var printer: Printer?
    private var matched: UInt64 = 0

    init(number: Int, group: UInt16?, settings: ProbeSettings) throws {
        var options = RingOptions()
        options.blockSize = settings.blockSize
        options.blockCount = settings.blockCount
        options.promiscuous = settings.promiscuous
        options.interfaces = settings.interfaces
        options.wakeDescriptor = 0
        if settings.rings > 1 { options.fanout = group.map { .member(of: $0) } ?? .first(seed: settings.seed) }
        self.number = number
        ring = try PacketRing(options)
        matcher = Matcher(settings.expression)
        printer = settings.prints ? Printer() : nil
    }

    var group: UInt16? { ring.fanoutGroup }

    mutating func attach(_ program: [FilterInstruction]) throws { try ring.attach(program) }

    /// Hands out what matches `expression`, behind the kernel's filter for it or behind an open one.
    mutating func select(_ expression: Expression, opens: Bool) throws {
        matcher = Matcher(expression)
        let program = BPFProgram(opens ? nil : expression.tree, directory: Directory(), frames: .live)
        try ring.attach(opens ? [FilterInstruction(code: 6, operand: 262_144)] : program.filter)
    }

    mutating func watch(_ interfaces: Set<UInt32>?) throws { try ring.watch(interfaces) }

    /// Goes through one batch; false where there is none within a fifth of a second or before an order comes.
    mutating func work() throws -> Bool {
        guard try ring.nextBatch() == .packets else { return false }
        matched &+= Self.walk(&ring, &matcher, &printer, number)
        try printer?.flush()
        return true
    }

    // The compiler only tells the ring, whose bytes are lent, from the others where each is a parameter of its own.
    private static func walk(
        _ ring: inout PacketRing, _ matcher: inout Matcher, _ printer: inout Printer?, _ number: Int
    ) -> UInt64 {
        var matched: UInt64 = 0
        while let frame = ring.next() {
            guard matcher.matches(frame, ring.bytes) else { continue }
            matched &+= 1
            printer?.append(frame, ring.bytes, ring: number)
        }
        return matched
    }

    /// Goes through what is in the ring still: a block comes at the latest when its time is up.
    mutating func finish() throws {
        let end = Clocks.monotonic + 100_000_000
        while Clocks.monotonic < end { _ = try work() }
    }

    /// `ring=0 packets=1 ...`, for whoever reads standard error.
    mutating func report() -> String {
        let counters = ring.counters()
        return "ring=\(number) packets=\(counters.packets) bytes=\(counters.bytes) dropped=\(counters.dropped) "
            + "malformed=\(counters.malformed) fill=\(counters.fill) freezes=\(ring.freezes) matched=\(matched)"
    }
}

struct ProbeSettings {
    var rings = 1
    var seed: UInt32 = 20_261_121
    var expression: Expression?
    var prints = false
    /// A capture to be replayed in place of a ring.
    var replayed: String?
    var interfaces: Set<UInt32>?
    var promiscuous: Set<UInt32> = []
    var blockSize = RingOptions().blockSize
    var blockCount = RingOptions().blockCount
}

/// An expression's answer for each packet; without one, every packet matches.
struct Matcher: ~Copyable {
    private let isOpen: Bool
    private let program: Program
    private let plain: PlainMatcher?
    private var layers = Layers()
    private let facts = PacketFacts()

    init(_ expression: Expression?) {
        isOpen = expression == nil
        program = Program(expression?.tree, directory: Directory())
        plain = program.plainMatcher
    }

    mutating func matches(_ frame: Frame, _ bytes: RawSpan) -> Bool {
        if isOpen { return true }
        if let plain, let packet = PlainPacket(bytes, of: frame) { return plain.matches(packet) }
        layers.decode(bytes, of: frame)
        return program.matches(frame, layers, bytes, facts)
    }
}

/// A line a packet: `RING INTERFACE DIRECTION LINKTYPE LENGTH TIME BYTES`, the bytes in hexadecimal digits.
private struct Printer {
    private var lines: [UInt8] = []

    mutating func append(_ frame: Frame, _ bytes: RawSpan, ring: Int) {
        let facts =
            "\(ring) \(frame.interface.rawValue) \(frame.direction) \(frame.linkType.rawValue) "
            + "\(frame.originalLength) \(frame.time.nanoseconds) "
        lines += facts.utf8
        for index in 0..<bytes.byteCount {
            let byte = bytes.byte(at: index)
            lines.append(digit(byte >> 4))
            lines.append(digit(byte & 15))
        }
        lines.append(UInt8(ascii: "\n"))
    }

    private func digit(_ half: UInt8) -> UInt8 { half < 10 ? half + UInt8(ascii: "0") : half - 10 + UInt8(ascii: "a") }

    mutating func flush() throws {
        try FileDescriptor.standardOutput.write(lines.span.bytes)
        lines.removeAll(keepingCapacity: true)
    }
}

extension BPFProgram {
    /// As a ring takes it.
    var filter: [FilterInstruction] {
        instructions.map {
            FilterInstruction(
                code: $0.code, jumpIfTrue: $0.jumpIfTrue, jumpIfFalse: $0.jumpIfFalse, operand: $0.operand)
        }
    }
}
