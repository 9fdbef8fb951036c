// What one evaluation of a compiled expression costs, without reading and decoding:
//
//     swift run -c release ProgramBenchmark
//
// Packets are decoded before, in an order that no branch predictor knows; the best of nine rounds counts.
// Nanoseconds depend on the machine: compare lines of one run.

import Expressions
import PacketDecoding
import Primitives
import TestSupport

/// Packets side by side, their bytes in one array, so that the loop measures evaluating alone.
struct Samples {
    var frames: [Frame] = []
    var layers: [Layers] = []
    var bytes: [UInt8] = []
    var ranges: [Range<Int>] = []

    mutating func append(_ builder: PacketBuilder) {
        let packet = builder.bytes
        frames.append(builder.frame())
        layers.append(builder.decoded())
        ranges.append(bytes.count..<bytes.count + packet.count)
        bytes += packet
    }
}

struct Chance {
    var random = SeededGenerator(seed: 1)

    mutating func below(_ limit: UInt32) -> UInt32 { UInt32.random(in: 0..<limit, using: &random) }
}

func dotted(_ number: UInt32) -> String { IPv4Address(number).description }

/// TCP and UDP between random addresses and ports.
func makeSamples(_ count: Int, payload: Int = 100, _ chance: inout Chance) -> Samples {
    let ports: [UInt16] = [80, 443, 53, 8080, 445, 22, 25, 138]
    var samples = Samples()
    for _ in 0..<count {
        let base = PacketBuilder().ethernet()
            .ipv4(
                dotted(0x0A00_0000 | chance.below(1 << 20)), dotted(chance.below(.max)),
                ttl: UInt8(1 + chance.below(200)))
        let source = UInt16(1024 + chance.below(60_000))
        let destination = chance.below(2) == 0 ? ports[Int(chance.below(8))] : UInt16(chance.below(65_536))
        let flags: [TestFlags] = [.syn, .ack, [.psh, .ack], [.fin, .ack]]
        let transport =
            chance.below(4) > 0
            ? base.tcp(source, destination, flags: flags[Int(chance.below(4))]) : base.udp(source, destination)
        samples.append(transport.payload(count: payload))
    }
    return samples
}

/// Nanoseconds for each sample, the best of nine rounds, and how many matched.
func measure(_ program: borrowing Program, _ samples: Samples, rounds: Int) -> (nanoseconds: Double, matched: Int) {
    let clock = ContinuousClock()
    let facts = PacketFacts()
    var best = Double.infinity
    var matched = 0
    for _ in 0..<9 {
        matched = 0
        let elapsed = clock.measure {
            for _ in 0..<rounds {
                let bytes = samples.bytes.span.bytes
                for index in samples.frames.indices
                where program.matches(
                    samples.frames[index], samples.layers[index], bytes.extracting(samples.ranges[index]), facts)
                {
                    matched += 1
                }
            }
        }
        best = min(best, elapsed / Duration.nanoseconds(rounds * samples.frames.count))
    }
    return (best, matched / rounds)
}

/// The same with decoding before each evaluation.
func measureDecoding(_ program: borrowing Program, _ samples: Samples, rounds: Int) -> (
    nanoseconds: Double, matched: Int
) {
    let clock = ContinuousClock()
    let facts = PacketFacts()
    var best = Double.infinity
    var matched = 0
    var layers = Layers()
    for _ in 0..<9 {
        matched = 0
        let elapsed = clock.measure {
            let bytes = samples.bytes.span.bytes
            for _ in 0..<rounds {
                for index in samples.frames.indices {
                    let packet = bytes.extracting(samples.ranges[index])
                    layers.decode(packet, of: samples.frames[index])
                    if program.matches(samples.frames[index], layers, packet, facts) { matched += 1 }
                }
            }
        }
        best = min(best, elapsed / Duration.nanoseconds(rounds * samples.frames.count))
    }
    return (best, matched / rounds)
}

func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }

func report(_ name: String, _ text: String, _ samples: Samples, decoding: Bool = false) throws {
    let clock = ContinuousClock()
    var program = Program(nil, directory: Directory())
    let expression = try Expression(parsing: text)
    let compiling = clock.measure { program = Program(expression.tree, directory: Directory()) }
    let parsing = try clock.measure { _ = try Expression(parsing: text) }
    var cost = 0.0
    var matched = 0
    let rounds = max(1, 2_000_000 / samples.frames.count)
    let allocated = allocations(in: {
        (cost, matched) =
            decoding
            ? measureDecoding(program, samples, rounds: rounds) : measure(program, samples, rounds: rounds)
    })
    print(
        "\(name): \(rounded(cost)) ns a packet, \(matched) of \(samples.frames.count) matched;"
            + " parsed in \(parsing), compiled in \(compiling), \(allocated) allocations")
}

var chance = Chance()
let samples = makeSamples(4096, &chance)
let many = makeSamples(100_000, &chance)
try report("the loop alone (never met)", #"addr = list:"nowhere""#, samples)
try report("any", "any", samples)
try report("two terms", "port = 80 & tcpfl = SYN", samples)
try report(
    "twelve terms",
    "(port = 80 | port = 8080 | port = 137-139 | port = 445) & addr = 10.0.0.0/8 & tcpfl = SYN"
        + " & !(daddr = 10.1.7.0/24) & len >= 40 & len <= 1500 & ttl > 1 & ip = 4 & proto = tcp", samples)
try report(
    "twelve terms, most reached",
    "ip = 4 & ttl > 0 & len >= 40 & len <= 1500 & saddr = 10.0.0.0/8 & sport >= 1024 & port != 9 & daddr != 10.1.7.1"
        + " & dscp = 0 & frag = no & !(proto = icmp) & vlan != 7", samples)
try report(
    "12 ports in a set", "port = { 21, 22, 23, 25, 80, 110, 135, 137-139, 143, 443, 445, 8080 }", samples)

try report("two terms, decoding", "port = 80 & tcpfl = SYN", samples, decoding: true)

let addresses = (0..<10_000).map { _ in dotted(chance.below(.max)) }
try report("10,000 random addresses", "addr = { " + addresses.joined(separator: ", ") + " }", many)
let crowded = (0..<10_000).map { _ in dotted(0x0A00_0000 | chance.below(1 << 20)) }
try report("10,000 crowded addresses", "addr = { " + crowded.joined(separator: ", ") + " }", many)
let chain = addresses.map { "addr = " + $0 }.joined(separator: " | ")
try report("the same as a chain of |", chain, many)

let long = makeSamples(256, payload: 1400, &chance)
try report("substring in 1,400 bytes", #"payload = "GET /index""#, long)
try report("regex in 1,400 bytes", #"payload ~ /GET \/index/"#, long)
