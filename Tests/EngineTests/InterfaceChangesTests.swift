import LiveCapture
import Primitives
import Testing

@testable import Engine

@Suite("What happened to the interfaces")
struct InterfaceChangesTests {
    private func interface(_ index: UInt32, _ name: String, up: Bool = true) -> NetworkInterface {
        var interface = NetworkInterface(index: index, name: name)
        interface.isUp = up
        return interface
    }

    @Test("Those that come, go, are renamed and switched, each in a sentence")
    func sentences() {
        let before = [interface(1, "lo"), interface(2, "eth0"), interface(3, "tun0")]
        let after = [interface(1, "lo"), interface(2, "wan0", up: false), interface(4, "eth1")]
        #expect(
            InterfaceChanges.sentences(from: before, to: after) == [
                "tun0 is gone", "eth0 is now wan0", "wan0 is down", "eth1 is there (index 4)",
            ])
        #expect(InterfaceChanges.sentences(from: after, to: after).isEmpty)
    }
}
