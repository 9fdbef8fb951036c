import IPLog
import Primitives
import Testing

@Suite struct SocketProtocolTests {
    private func bytes(_ fill: (inout ByteBuffer) -> Void) -> [UInt8] {
        var buffer = ByteBuffer()
        fill(&buffer)
        return buffer.bytes.withUnsafeBytes { Array($0) }
    }

    @Test func questionsAreReadAsTheyWereWritten() {
        for question in [SocketQuestion.read(0), .read(32_768), .read(Int(UInt32.max)), .waiting, .flush] {
            #expect(SocketQuestion(bytes { question.append(to: &$0) }.span.bytes) == question)
        }
        #expect(bytes { SocketQuestion.read(0x0102_0304).append(to: &$0) } == [0x52, 4, 3, 2, 1])
    }

    @Test func rubbishIsNoQuestion() {
        for rubbish: [UInt8] in [[], [0], [0x52], [0x52, 1, 2, 3], [0x52, 1, 2, 3, 4, 5], [0x4E, 0], [0x46, 0x46]] {
            #expect(SocketQuestion(rubbish.span.bytes) == nil)
        }
    }

    @Test func aRefusalIsNoRecordAndNoNumber() {
        let answer = bytes { SocketRefusal(errno: 16, reason: "busy").append(to: &$0) }
        #expect(answer == [0xF0, 0xFF, 0xFF, 0xFF] + Array("busy".utf8))
        #expect(SocketRefusal(answer.span.bytes) == SocketRefusal(errno: 16, reason: "busy"))
        for other: [UInt8] in [[], [1, 2, 3], [0, 0, 8, 0], Array("MLPI".utf8), [0, 0xF0, 0xFF, 0xFF]] {
            #expect(SocketRefusal(other.span.bytes) == nil)
        }
    }
}
