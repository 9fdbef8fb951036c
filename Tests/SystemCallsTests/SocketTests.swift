import Primitives
import SystemCalls
import Testing

@Suite("Sockets, waiting and shared memory")
struct SocketTests {
    private static let unix: Int32 = 1
    private static let datagram: Int32 = 2

    @Test("An option that was set is read back")
    func options() throws {
        let socket = try Socket(domain: Self.unix, type: Self.datagram)
        try socket.set(.receiveBuffer, to: Int32(65_536))
        let value: Int32 = try socket.value(of: .receiveBuffer, initial: Int32(0))
        #expect(value == 131_072, "the kernel doubles what it is asked for")
    }

    @Test("Nothing to receive is no error where nobody wants to wait")
    func receiveNothing() throws {
        let socket = try Socket(domain: Self.unix, type: Self.datagram)
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = try buffer.withUnsafeMutableBytes { try socket.receive(into: $0, waits: false) }
        #expect(count == nil)
    }

    @Test("A family that does not exist is an error with the call's name")
    func unknownFamily() {
        do {
            let socket = try Socket(domain: 999, type: Self.datagram)
            Issue.record("a socket of no family: \(socket.number)")
        } catch {
            #expect(error.call == "socket")
        }
    }

    @Test("Of several descriptors the ready one is told, for as long as it is")
    func several() throws {
        let quiet = try Wakeup()
        let loud = try Wakeup()
        var poll = Poll(readable: quiet.number)
        poll.add(loud.number, for: .readable)
        #expect(try !poll.wait(milliseconds: 0))
        loud.signal()
        #expect(try poll.wait(milliseconds: 1_000))
        #expect(poll[0].isEmpty)
        #expect(poll[1] == .readable)
        let wasRung = loud.wait()
        #expect(wasRung)
        #expect(try !poll.wait(milliseconds: 0))
        #expect(poll[1].isEmpty)
    }

    @Test("A mapped file shows its bytes, spans of them, and words")
    func map() throws {
        let path = "/tmp/gatelog-map-\(Clocks.monotonic)"
        defer { try? Paths.unlink(path) }
        do {
            let file = try FileDescriptor(opening: path, for: .create)
            let bytes = [UInt8](0..<64)
            try file.write(bytes.span.bytes)
        }
        let file = try FileDescriptor(opening: path, for: .read)
        let map = try MemoryMap(sharing: file.number, count: 64, writable: false)
        let last = map.bytes.byte(at: 63)
        let middle = map.bytes(at: 8, count: 4).big32(at: 0)
        let word = map.loadAcquiring(at: 4)
        #expect(last == 63)
        #expect(middle == 0x0809_0A0B)
        #expect(word == 0x0706_0504)
    }

    @Test("What cannot be mapped is an error")
    func noMap() throws {
        let wakeup = try Wakeup()
        do {
            let map = try MemoryMap(sharing: wakeup.number, count: 4_096, writable: false)
            Issue.record("mapped \(map.count) bytes of an event counter")
        } catch {
            #expect(error.call == "mmap")
        }
    }
}
