import Flows
import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite("Streams of TCP")
struct StreamReassemblyTests {
    private let talk = Conversation()

    private func transcript(
        _ packets: [PacketBuilder], limits: StreamLimits = StreamLimits()
    ) -> StreamTranscript {
        var all = FlowLimits()
        all.streams = limits
        var tracker = FlowTracker(all, seed: 7)
        var transcript = StreamTranscript()
        transcript.take(&tracker, packets)
        return transcript
    }

    @Test("Bytes in order are handed on as they come, both ways, up to the end")
    func inOrder() {
        let lines = transcript(
            talk.handshake + [
                talk.fromServer(Array("220 hi".utf8)), talk.fromClient(Array("USER".utf8), acknowledging: 6),
                talk.fromClient(at: 4, Array(" me".utf8), flags: [.ack, .fin], acknowledging: 6),
                talk.fromServer(at: 6, flags: [.ack, .fin], acknowledging: 8),
            ]
        ).lines
        #expect(lines == ["data< 0 220 hi", "data> 0 USER", "data> 4  me", "finished> 7", "finished< 6"])
    }

    @Test("What comes early waits for what is before it")
    func outOfOrder() {
        let lines = transcript(
            talk.handshake + [
                talk.fromClient(at: 6, Array("world".utf8)), talk.fromClient(at: 2, Array("llo ".utf8)),
                talk.fromClient(Array("he".utf8)),
            ]
        ).lines
        #expect(lines == ["data> 0 he", "data> 2 llo ", "data> 6 world"])
    }

    @Test("The first copy of a byte wins, and another one is told with its place")
    func conflict() {
        let lines = transcript(
            talk.handshake + [
                talk.fromClient(Array("attack at dawn".utf8)), talk.fromClient(at: 7, Array("as dusk".utf8)),
            ]
        ).lines
        #expect(lines == ["data> 0 attack at dawn", "conflict> 8+6"])
    }

    @Test("A copy that waits behind a hole is compared too")
    func conflictBehindHole() {
        let lines = transcript(
            talk.handshake + [
                talk.fromClient(at: 3, Array("def".utf8)), talk.fromClient(Array("abcdEf".utf8)),
            ]
        ).lines
        #expect(lines == ["conflict> 4+1", "data> 0 abc", "data> 3 def"])
    }

    @Test("Retransmissions of the same bytes say nothing")
    func retransmission() {
        let lines = transcript(
            talk.handshake + [
                talk.fromClient(Array("abc".utf8)), talk.fromClient(Array("abc".utf8)),
                talk.fromClient(at: 1, Array("bcd".utf8)), talk.fromServer(acknowledging: 4),
                talk.fromClient(Array("abcd".utf8)), talk.fromClient(at: 4, Array("e".utf8)),
            ]
        ).lines
        #expect(lines == ["data> 0 abc", "data> 3 d", "data> 4 e"])
    }

    @Test("A hole that the receiver has filled becomes a gap")
    func gap() {
        let lines = transcript(
            talk.handshake + [
                talk.fromClient(at: 10, Array("later".utf8)), talk.fromServer(acknowledging: 15),
                talk.fromClient(at: 15, Array("!".utf8)),
            ]
        ).lines
        #expect(lines == ["gap> 0+10", "data> 10 later", "data> 15 !"])
    }

    @Test("A receiver's answer that is seen before the bytes makes no gap")
    func earlyAnswer() {
        let lines = transcript(
            talk.handshake + [talk.fromServer(acknowledging: 3), talk.fromClient(Array("abc".utf8))]
        ).lines
        #expect(lines == ["data> 0 abc"])
    }

    @Test("Sequence numbers wrap around")
    func wrapAround() {
        var talk = Conversation()
        talk.clientStart = .max - 3
        let lines = transcript(
            talk.handshake + [
                talk.fromClient(at: 5, Array("fgh".utf8)), talk.fromClient(Array("abcde".utf8)),
                talk.fromClient(at: 2, Array("cd".utf8)),
            ]
        ).lines
        #expect(lines == ["data> 0 abcde", "data> 5 fgh"])
    }

    @Test("Bytes in the SYN are the stream's first (TCP fast open)")
    func fastOpen() {
        let lines = transcript([
            talk.fromClient(Array("GET".utf8), flags: .syn), talk.fromServer(flags: [.syn, .ack], acknowledging: 3),
            talk.fromClient(at: 3, Array(" /".utf8)),
        ]).lines
        #expect(lines == ["data> 0 GET", "data> 3  /"])
    }

    @Test("A conversation is taken up in its middle, or not, as is wanted", arguments: [true, false])
    func midStream(picksUp: Bool) {
        var limits = StreamLimits()
        limits.picksUpMidStream = picksUp
        let lines = transcript(
            [
                talk.fromClient(at: 1000, Array("abc".utf8), acknowledging: 500),
                talk.fromServer(at: 500, Array("ok".utf8), acknowledging: 1003),
            ], limits: limits
        ).lines
        #expect(lines == (picksUp ? ["data> 0 abc", "data< 0 ok"] : []))
    }

    @Test("A reset counts where its receiver would believe it")
    func resets() {
        let lines = transcript(
            talk.handshake + [
                talk.fromClient(Array("abc".utf8)), talk.fromClient(at: 90, flags: .rst),
                talk.fromClient(at: 3, Array("d".utf8)), talk.fromClient(at: 4, flags: .rst),
                talk.fromClient(at: 4, Array("x".utf8)),
            ]
        ).lines
        #expect(lines == ["data> 0 abc", "data> 3 d", "reset>"])
    }

    @Test("A closed port's answer ends the conversation")
    func refused() {
        let lines = transcript([talk.fromClient(flags: .syn), talk.fromServer(at: 0, flags: [.rst, .ack])]).lines
        #expect(lines == ["reset<"])
    }

    @Test("Bytes beyond the receiver's window are not its bytes")
    func beyondWindow() {
        let lines = transcript([
            talk.fromClient(flags: .syn), talk.fromServer(flags: [.syn, .ack], window: 100), talk.fromClient(),
            talk.fromClient(at: 200, Array("evil".utf8)), talk.fromClient(Array("ok".utf8)),
            talk.fromServer(acknowledging: 2, window: 500), talk.fromClient(at: 200, Array("good".utf8)),
            talk.fromClient(at: 2, [UInt8](repeating: 46, count: 198)),
        ]).lines
        #expect(lines.count == 3 && lines.first == "data> 0 ok" && lines.last == "data> 200 good")
    }

    @Test("Windows are scaled where both sides said so (RFC 7323)")
    func windowScale() {
        let scale: [UInt8] = [3, 3, 7]
        let begin = [
            talk.fromClient(flags: .syn, options: scale),
            talk.fromServer(flags: [.syn, .ack], window: 100, options: scale), talk.fromClient(),
            talk.fromServer(window: 100),
        ]
        let scaled = transcript(begin + [talk.fromClient(at: 12_000, [1]), talk.fromServer(acknowledging: 12_001)])
        #expect(scaled.lines == ["gap> 0+12000", "data> 12000 \u{1}"])
        let beyond = transcript(begin + [talk.fromClient(at: 13_000, [1]), talk.fromServer(acknowledging: 13_001)])
        #expect(beyond.lines == [])
    }

    @Test("Too much behind a hole makes it a gap, and is counted")
    func waitingLimit() {
        var limits = FlowLimits()
        limits.streams.waiting = 1000
        var tracker = FlowTracker(limits, seed: 7)
        var transcript = StreamTranscript()
        transcript.take(&tracker, talk.handshake)
        for step in 0..<6 {
            transcript.take(&tracker, talk.fromClient(at: 10 + UInt64(step) * 200, [UInt8](repeating: 65, count: 200)))
        }
        #expect(transcript.lines.first == "gap> 0+10")
        #expect(transcript.toServer.count == 1200)
        #expect(tracker.streamCounters.waitingLimitHits == 1)
    }

    @Test("Where all memory is taken, bytes in order are handed on all the same")
    func memoryLimit() {
        var limits = FlowLimits()
        limits.streams.memory = 1
        limits.streams.kept = 64 << 20
        limits.streams.blocks = .max
        var tracker = FlowTracker(limits, seed: 7)
        var transcript = StreamTranscript()
        let scale: [UInt8] = [3, 3, 14]
        transcript.take(
            &tracker,
            [
                talk.fromClient(flags: .syn, options: scale),
                talk.fromServer(flags: [.syn, .ack], options: scale), talk.fromClient(), talk.fromServer(),
            ])
        // Without answers nothing is given back: a mebibyte is full after 17 pieces.
        let piece = [UInt8](repeating: 66, count: 60_000)
        for step in 0..<30 { transcript.take(&tracker, talk.fromClient(at: UInt64(step) * 60_000, piece)) }
        #expect(transcript.toServer.count == 30 * 60_000)
        #expect(tracker.streamCounters.memoryLimitHits > 0)
        #expect(tracker.heldBytes <= 1 << 20)
    }

    @Test("Beyond its depth nothing of a stream is handed on")
    func depth() {
        var limits = StreamLimits()
        limits.depth = 5
        let lines = transcript(
            talk.handshake + [
                talk.fromClient(Array("abc".utf8)), talk.fromClient(at: 3, Array("def".utf8)),
                talk.fromClient(at: 6, Array("ghi".utf8)), talk.fromServer(Array("ok".utf8)),
            ], limits: limits
        ).lines
        #expect(lines == ["data> 0 abc", "data> 3 def", "data< 0 ok"])
    }
}
