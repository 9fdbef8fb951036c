import Foundation
import TestSupport
import Testing

@Suite("Captures that once broke a promise")
struct RegressionTests {
    @Test("keep them all")
    func promises() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Fixtures.path("captures-damaged")).sorted()
        #expect(!names.isEmpty)
        for name in names {
            let capture = Fixtures.bytes("captures-damaged/\(name)")
            for seed in 0..<UInt64(50) { #expect(CapturePromises.broken(capture, seed: seed) == nil, "\(name)") }
        }
    }
}
