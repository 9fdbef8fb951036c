import Netlink
import SystemCalls
import Testing

/// The kernel itself answers: links of the machine's own loopback are there for everyone, root or not.
@Suite struct NetlinkSocketTests {
    @Test func `a dump of the links names the loopback`() throws {
        var socket = try NetlinkSocket(.route)
        var buffer = NetlinkBuffer(capacity: 32 << 10)
        var names: [String] = []
        let request = NetlinkRequest(.route(message: 18, family: 0, headerSize: 16), isDump: true)
        let answer = try socket.request(request, buffer: &buffer) { bytes in
            var messages = NetlinkMessages(count: bytes.byteCount)
            while let message = messages.next(in: bytes) {
                var attributes = NetlinkAttributes(message.payload, after: 16)
                while let attribute = attributes.next(in: bytes) {
                    if attribute.type == 3, let name = attribute.text(in: bytes) { names.append(name) }
                }
            }
        }
        #expect(names.contains("lo"))
        #expect(!answer.hasOverrun)
    }

    @Test func `the kernel's refusal is an error with its reason`() throws {
        var socket = try NetlinkSocket(.route)
        var buffer = NetlinkBuffer()
        // A link of an index that cannot be.
        var request = NetlinkRequest(.route(message: 18, family: 0, headerSize: 16))
        request.append(3, Array("no-such-link0\0".utf8))
        do {
            try socket.request(request, buffer: &buffer)
            Issue.record("a link that is not there was found")
        } catch {
            #expect(error.operation == .asking)
            #expect(error.description == "asking the kernel: No such device")
        }
    }

    @Test func `waiting ends when nothing comes, and receiving does not wait`() throws {
        let socket = try NetlinkSocket(.route)
        var buffer = NetlinkBuffer()
        let came = try socket.wait(milliseconds: 1)
        #expect(!came)
        let reception = try socket.receive(into: &buffer)
        #expect(reception == .nothing)
    }

    @Test func `the receive buffer grows as far as the machine lets it`() throws {
        let socket = try NetlinkSocket(.route)
        let capacity = try socket.setReceiveBuffer(1 << 20)
        #expect(capacity >= 200 << 10)
        #expect(socket.memory().capacity == capacity)
        #expect(socket.memory().fill == 0)
    }
}
