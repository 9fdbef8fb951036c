// A capture ring without the daemon around it, for tests and measurements:
//
//     swift run -c release RingBenchmark [--rings N] [--expression TEXT] [--print] [--interfaces 2,3]
//         [--promiscuous 2] [--block-size BYTES] [--block-count N]
//     swift run -c release RingBenchmark --replay FILE [--expression TEXT]
//
// The second form replays a capture ten times at full speed, and says what a packet costs.
//
// The first waits for orders on standard input, a line each: `filter N CODE JT JF K ...` (numbers as `tcpdump -ddd` has
// them), `filtered EXPRESSION` (behind the kernel's filter for it), `open EXPRESSION` (without one), `interfaces 2,3`,
// `interfaces all`, `report`, `end`. The ring is shut until the first filter comes; after each order it says
// `done ORDER` on standard error. `end` empties the ring, says what it counted and what the process used, and ends.

import Expressions
import Glibc
import LiveCapture
import PacketDecoding
import SystemCalls

/// Probes cannot be copied, and so do not fit into an array.
final class ProbeBox {
    var probe: Probe

    init(number: Int, group: UInt16?, settings: ProbeSettings) throws {
        probe = try Probe(number: number, group: group, settings: settings)
    }
}

func complain(_ text: String) {
    try? FileDescriptor.standardError.write(Array((text + "\n").utf8).span.bytes)
}

func numbers(_ text: Substring) -> Set<UInt32> { Set(text.split(separator: ",").compactMap { UInt32($0) }) }

func settings(_ arguments: ArraySlice<String>) throws -> ProbeSettings {
    var settings = ProbeSettings()
    var rest = arguments
    while let word = rest.popFirst() {
        if word == "--print" {
            settings.prints = true
            continue
        }
        let value = rest.popFirst() ?? ""
        switch word {
        case "--rings": settings.rings = Int(value) ?? 1
        case "--seed": settings.seed = UInt32(value) ?? 1
        case "--expression": settings.expression = try Expression(parsing: value)
        case "--interfaces": settings.interfaces = numbers(value[...])
        case "--promiscuous": settings.promiscuous = numbers(value[...])
        case "--replay": settings.replayed = value
        case "--block-size": settings.blockSize = Int(value) ?? 0
        case "--block-count": settings.blockCount = Int(value) ?? 0
        default: complain("unknown argument: \(word)")
        }
    }
    return settings
}

/// The instructions of an order.
func program(_ words: ArraySlice<Substring>) -> [FilterInstruction] {
    let fields = words.dropFirst().map { UInt32($0) ?? 0 }
    return stride(from: 0, to: fields.count / 4 * 4, by: 4).map { index in
        FilterInstruction(
            code: UInt16(truncatingIfNeeded: fields[index]), jumpIfTrue: UInt8(truncatingIfNeeded: fields[index + 1]),
            jumpIfFalse: UInt8(truncatingIfNeeded: fields[index + 2]), operand: fields[index + 3])
    }
}

/// Does what a line says; false where it is the end.
func obey(_ line: Substring, _ probes: [ProbeBox]) throws -> Bool {
    let words = line.split(separator: " ")
    switch words.first {
    case "filter":
        let instructions = program(words.dropFirst())
        for probe in probes { try probe.probe.attach(instructions) }
    case "filtered", "open":
        let expression = try Expression(parsing: words.dropFirst().joined(separator: " "))
        for probe in probes { try probe.probe.select(expression, opens: words.first == "open") }
    case "interfaces":
        for probe in probes { try probe.probe.watch(words.last == "all" ? nil : numbers(words.last ?? "")) }
    case "report":
        for probe in probes { complain(probe.probe.report()) }
    default: return false
    }
    complain("done \(words.first ?? "")")
    return true
}

func run() throws {
    let settings = try settings(CommandLine.arguments.dropFirst())
    if let path = settings.replayed { return try replay(path, settings) }
    var probes: [ProbeBox] = []
    for number in 0..<settings.rings {
        probes.append(try ProbeBox(number: number, group: probes.first?.probe.group, settings: settings))
    }
    complain("done open")
    let input = FileDescriptor.standardInput
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    var pending = ""
    var poll = Poll(readable: 0)
    var goesOn = true
    while goesOn {
        // One of several rings waits in vain while another fills: each is emptied before the next has its turn.
        for probe in probes { while try probe.probe.work(), probes.count > 1 {} }
        guard try poll.wait(milliseconds: 0) else { continue }
        let count = try buffer.withUnsafeMutableBytes { try input.read(into: $0) }
        pending += count == 0 ? "\nend\n" : String(decoding: buffer[..<count], as: UTF8.self)
        while goesOn, let end = pending.firstIndex(of: "\n") {
            let line = pending[..<end]
            goesOn = line.isEmpty ? true : try obey(line, probes)
            pending = String(pending[pending.index(after: end)...])
        }
    }
    for probe in probes { try probe.probe.finish() }
    for probe in probes { complain(probe.probe.report()) }
    complain("processor=\(Clocks.processorTime)")
}

do {
    try run()
} catch {
    complain("\(error)")
    exit(1)
}
