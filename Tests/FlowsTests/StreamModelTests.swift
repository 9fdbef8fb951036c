import Flows
import Glibc
import PacketDecoding
import Primitives
import TestSupport
import Testing

/// The obviously correct reassembler: a byte for each place, the first one stays.
private struct ModelStream {
    var bytes: [Int: UInt8] = [:]
    var hasConflict = false

    mutating func take(_ segment: [UInt8], at offset: Int) {
        for (index, byte) in segment.enumerated() {
            if let known = bytes[offset + index] {
                if known != byte { hasConflict = true }
            } else {
                bytes[offset + index] = byte
            }
        }
    }

    /// What can be handed on.
    var stream: [UInt8] {
        var stream: [UInt8] = []
        while let byte = bytes[stream.count] { stream.append(byte) }
        return stream
    }
}

@Suite("Streams beside a model")
struct StreamModelTests {
    /// One way to send a text: cut, swapped, doubled and overlapped, now and then with a wrong byte.
    private func segments(
        of text: [UInt8], _ random: inout SeededGenerator
    ) -> [(offset: Int, bytes: [UInt8])] {
        var segments: [(offset: Int, bytes: [UInt8])] = []
        var place = 0
        while place < text.count {
            let length = min(Int.random(in: 1...40, using: &random), text.count - place)
            segments.append((place, Array(text[place..<place + length])))
            place += length
        }
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let start = Int.random(in: 0..<text.count, using: &random)
            let length = min(Int.random(in: 1...60, using: &random), text.count - start)
            var copy = Array(text[start..<start + length])
            if Bool.random(using: &random) { copy[Int.random(in: 0..<length, using: &random)] ^= 0x20 }
            segments.append((start, copy))
        }
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            let one = Int.random(in: 0..<segments.count, using: &random)
            let other = min(segments.count - 1, one + Int.random(in: 0...4, using: &random))
            segments.swapAt(one, other)
        }
        return segments
    }

    @Test("However a conversation is cut, swapped, doubled and overlapped, its stream is the model's")
    func random() {
        let environment = { (name: String) in getenv(name).flatMap { UInt64(String(cString: $0)) } }
        let seed = environment("GATELOG_SEED") ?? 20_261_121
        let rounds = environment("GATELOG_STREAMS") ?? 1500
        var random = SeededGenerator(seed: seed)
        for round in 0..<rounds {
            var talk = Conversation()
            talk.clientStart = UInt32.random(in: 0 ... .max, using: &random)
            let text = (0..<Int.random(in: 1...300, using: &random)).map { _ in
                UInt8.random(in: 97...122, using: &random)
            }
            var model = ModelStream()
            var tracker = FlowTracker(seed: random.next())
            var transcript = StreamTranscript()
            transcript.take(&tracker, talk.handshake)
            for segment in segments(of: text, &random) {
                model.take(segment.bytes, at: segment.offset)
                transcript.take(&tracker, talk.fromClient(at: UInt64(segment.offset), segment.bytes))
            }
            guard transcript.toServer == model.stream, (transcript.conflicts > 0) == model.hasConflict else {
                Issue.record("round \(round) of seed \(seed): \(transcript.lines) is not \(model.stream)")
                return
            }
        }
    }
}
