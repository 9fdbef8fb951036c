import Flows
import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite("Datagrams of fragments")
struct DatagramReassemblyTests {
    private let text = (0..<200).map { UInt8($0) }

    private func four(
        _ range: Range<Int>, more: Bool = true, id: UInt16 = 9, changing change: UInt8 = 0
    ) -> PacketBuilder {
        PacketBuilder().ethernet().ipv4(
            "10.0.0.1", "10.0.0.2", protocol: 17, identification: id, fragmentOffset: range.lowerBound,
            moreFragments: more
        ).payload(text[range].map { $0 ^ change })
    }

    private func six(_ range: Range<Int>, more: Bool = true, changing change: UInt8 = 0) -> PacketBuilder {
        PacketBuilder().ethernet().ipv6().hopByHop().fragment(
            offset: range.lowerBound, more: more, identification: 77, next: 17
        ).payload(text[range].map { $0 ^ change })
    }

    private func take(
        _ reassembler: inout DatagramReassembler, _ packet: PacketBuilder, at seconds: Int64 = 0
    ) -> DatagramReassembler.Outcome {
        let bytes = packet.bytes
        return reassembler.take(packet.decoded(), bytes.span.bytes, at: Timestamp(seconds: seconds))
    }

    /// The whole datagram as the decoder reads it, and its bytes.
    private func decoded(_ reassembler: borrowing DatagramReassembler) -> (layers: Layers, bytes: [UInt8]) {
        let bytes = reassembler.datagram.copied
        var layers = Layers()
        layers.decode(
            bytes.span.bytes,
            of: Frame(
                time: Timestamp(seconds: 0), capturedLength: bytes.count, originalLength: bytes.count, linkType: .raw))
        return (layers, bytes)
    }

    @Test("Fragments in any order become the datagram that was sent")
    func anyOrder() {
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 2, 1], [2, 2, 0, 1]] {
            let pieces = [four(0..<80), four(80..<160), four(160..<200, more: false)]
            var reassembler = DatagramReassembler(seed: 3)
            let outcomes = order.map { take(&reassembler, pieces[$0]) }
            #expect(outcomes == Array(repeating: .waiting, count: order.count - 1) + [.whole])
            let (layers, bytes) = decoded(reassembler)
            #expect(!layers.present.contains(.fragment) && layers.present.contains(.ipv4))
            #expect(Array(bytes.dropFirst(20)) == text)
            #expect(layers.totalLength == 220)
            #expect(reassembler.count == 0)
        }
    }

    @Test("IPv6 keeps the headers before the fragment header")
    func version6() {
        var reassembler = DatagramReassembler(seed: 3)
        #expect(take(&reassembler, six(120..<200, more: false)) == .waiting)
        #expect(take(&reassembler, six(0..<120)) == .whole)
        let (layers, bytes) = decoded(reassembler)
        #expect(layers.protocolNumber == 17 && !layers.present.contains(.fragment))
        #expect(Array(bytes.dropFirst(48)) == text)
        #expect(layers.totalLength == 248)
    }

    @Test("In IPv4 the first copy of a byte wins, and the conflict is told")
    func conflict() {
        var reassembler = DatagramReassembler(seed: 3)
        _ = take(&reassembler, four(0..<80))
        _ = take(&reassembler, four(40..<160, changing: 0xFF))
        #expect(take(&reassembler, four(160..<200, more: false)) == .wholeWithConflict)
        let (_, bytes) = decoded(reassembler)
        #expect(Array(bytes[20..<100]) == Array(text[0..<80]))
        #expect(reassembler.counters.conflicts == 1)
    }

    @Test("IPv6 datagrams whose fragments overlap are given up (RFC 5722), copies are not")
    func overlap() {
        var reassembler = DatagramReassembler(seed: 3)
        _ = take(&reassembler, six(0..<80))
        #expect(take(&reassembler, six(0..<80)) == .waiting)
        #expect(take(&reassembler, six(40..<120)) == .refused)
        #expect(take(&reassembler, six(80..<200, more: false)) == .refused)
        #expect(reassembler.counters.overlaps == 1)
    }

    @Test("Fragments that contradict each other or themselves are refused and counted")
    func refused() {
        var reassembler = DatagramReassembler(seed: 3)
        #expect(take(&reassembler, four(0..<77)) == .refused, "no multiple of eight")
        _ = take(&reassembler, four(80..<160, id: 10))
        #expect(take(&reassembler, four(0..<80, more: false, id: 10)) == .refused, "an end before what is there")
        let giant = PacketBuilder().ethernet().ipv4(
            protocol: 17, identification: 11, fragmentOffset: 65_528, moreFragments: false
        ).payload([UInt8](repeating: 0, count: 100))
        #expect(take(&reassembler, giant) == .refused, "longer than a datagram can be")
        let bytes = four(0..<80, id: 12).bytes
        let layers = four(0..<80, id: 12).decoded(captured: 60)
        let cut = Array(bytes.prefix(60))
        #expect(reassembler.take(layers, cut.span.bytes, at: Timestamp(seconds: 0)) == .refused, "cut by the capture")
    }

    @Test("What never becomes whole is forgotten after its time, and makes room where all is taken")
    func limits() {
        var limits = DatagramLimits()
        limits.datagrams = 16
        var reassembler = DatagramReassembler(limits, seed: 3)
        for id in 0..<40 { _ = take(&reassembler, four(0..<80, id: UInt16(id)), at: 1) }
        #expect(reassembler.count == 16)
        #expect(reassembler.counters.evicted == 24)
        _ = take(&reassembler, four(0..<80, id: 999), at: 32)
        #expect(reassembler.count == 1)
        #expect(reassembler.counters.timedOut == 16)
    }

    @Test("A datagram of more pieces than the limit is given up whole")
    func pieces() {
        var limits = DatagramLimits()
        limits.pieces = 4
        var reassembler = DatagramReassembler(limits, seed: 3)
        let outcomes = stride(from: 0, to: 96, by: 16).map { take(&reassembler, four($0..<$0 + 8)) }
        #expect(outcomes == [.waiting, .waiting, .waiting, .waiting, .refused, .refused])
        #expect(reassembler.counters.limitHits == 1)
    }

    @Test("However a datagram is cut and mixed, it comes out as it was sent")
    func random() {
        var random = SeededGenerator(seed: 20_261_121)
        for round in 0..<300 {
            var cuts = [0, 200]
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                cuts.append(Int.random(in: 1..<25, using: &random) * 8)
            }
            cuts = Array(Set(cuts)).sorted()
            var pieces = zip(cuts, cuts.dropFirst()).map { $0..<$1 }
            pieces.shuffle(using: &random)
            let isSix = Bool.random(using: &random)
            var reassembler = DatagramReassembler(seed: random.next())
            var last = DatagramReassembler.Outcome.refused
            for piece in pieces {
                let more = piece.upperBound < 200
                last = take(&reassembler, isSix ? six(piece, more: more) : four(piece, more: more))
            }
            // What was never cut is a fragment in name only, in IPv6.
            guard cuts.count > 2 else { continue }
            #expect(last == .whole, "round \(round)")
            #expect(Array(reassembler.datagram.copied.suffix(200)) == text)
        }
    }
}
