import CaptureFiles
import CaptureStreams
import PacketDecoding
import Primitives
import TestSupport
import Testing

@Suite("All captures of tcpdump's tests")
struct ReadEverythingTests {
    @Test("are read without a crash")
    func counts() throws {
        for name in Fixtures.captureNames {
            do {
                var reader = try CaptureReader(path: Fixtures.capture(name))
                var count = 0
                while let frame = try reader.next() {
                    #expect(reader.bytes.byteCount == frame.capturedLength)
                    count += 1
                }
                if reader.damageCount > 0 { print(name, count, reader.damage) }
            } catch {
                print(name, error)
            }
        }
    }
}
