import IPLog
import Primitives
import Synchronization
import SystemCalls
import TestSupport
import Testing

@testable import IPLogDevice

/// Somebody at a socket.
private struct Guest: ~Copyable {
    let socket: Socket

    init(_ path: String) throws { socket = try Socket.connected(sequencedTo: path) }

    func tell(_ bytes: [UInt8]) throws { _ = try socket.send(bytes.span.bytes) }

    func hear() throws -> [UInt8] {
        var answer = ByteBuffer(capacity: 1 << 20)
        try answer.append(atMost: 1 << 20) { room in try socket.receive(into: room) ?? 0 }
        return answer.bytes.withUnsafeBytes { Array($0) }
    }

    func ask(_ question: SocketQuestion) throws -> [UInt8] {
        var buffer = ByteBuffer(capacity: 64)
        question.append(to: &buffer)
        try tell(buffer.bytes.withUnsafeBytes { Array($0) })
        return try hear()
    }

    func number(_ question: SocketQuestion) throws -> Int {
        let answer = try ask(question)
        return Int(Int32(bitPattern: answer.span.bytes.little32(at: 0)))
    }

    func refusal(_ question: SocketQuestion) throws -> SocketRefusal? {
        let answer = try ask(question)
        return SocketRefusal(answer.span.bytes)
    }
}

private func records(_ count: Int, size: Int = 100) -> RecordBatch {
    var batch = RecordBatch()
    for _ in 0..<count { batch.append(key: nil) { $0.append([UInt8](repeating: 1, count: size).span.bytes) } }
    return batch
}

/// The errno of a refusal; nil where an answer is none.
private func refused(_ answer: [UInt8]) -> Int32? { SocketRefusal(answer.span.bytes)?.errno }

private final class WrittenFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    var isSet: Bool { flag.load(ordering: .acquiring) }

    func set() { flag.store(true, ordering: .releasing) }
}

@Suite struct SocketDoorTests {
    private func withDevice(
        limit: Int = 8_192, mayFlush: Bool = true, _ body: (RecordDevice, String, [UnitQueue]) throws -> Void
    ) throws {
        try Fixtures.withTemporaryFolder { folder in
            let queues = IPLogUnit.allCases.map { UnitQueue($0, limit: limit, layout: .v51) }
            var options = RecordDevice.Options(kind: .socket, folder: folder)
            if !mayFlush { options.mayFlush = { _ in false } }
            let device = try RecordDevice(queues, options)
            defer { device.stop() }
            try body(device, folder, queues)
        }
    }

    @Test func eachUnitHasASocketOfItsOwn() throws {
        try withDevice { device, folder, queues in
            queues[1].append(records(2))
            for (unit, count) in zip(["ipl", "ipnat", "ipstate"], [0, 200, 0]) {
                let guest = try Guest("\(folder)/\(unit)")
                #expect(try guest.number(.waiting) == count)
            }
            #expect(device.states.map(\.path) == ["ipl", "ipnat", "ipstate"].map { "\(folder)/\($0)" })
        }
    }

    @Test func aReadWaitsForRecords() throws {
        try withDevice { device, folder, queues in
            let guest = try Guest("\(folder)/ipl")
            try guest.tell([0x52, 0, 16, 0, 0])
            while device.states[0].reader == nil { Clocks.sleep(nanoseconds: 1_000_000) }
            queues[0].append(records(3))
            #expect(try guest.hear().count == 300)
            #expect(queues[0].counts.read == 3)
            #expect(device.states[0].reader?.contains("of ") == true)
        }
    }

    @Test func aReadHasTheDevicesMeaning() throws {
        try withDevice { _, folder, queues in
            let guest = try Guest("\(folder)/ipl")
            queues[0].append(records(3))
            #expect(try guest.refusal(.read(47))?.errno == Errno.invalidArgument.rawValue)
            #expect(try guest.ask(.read(0)).isEmpty)
            #expect(try guest.ask(.read(99)).isEmpty)
            #expect(try guest.ask(.read(299)).count == 200)
            #expect(try guest.number(.waiting) == 100)
            #expect(try guest.number(.flush) == 100)
            #expect(try guest.number(.flush) == 0)
            let counts = queues[0].counts
            #expect(counts.read == 2 && counts.flushed == 1)
        }
    }

    @Test func oneReadsAndOthersAreToldWho() throws {
        try withDevice { device, folder, queues in
            do {
                let first = try Guest("\(folder)/ipl")
                queues[0].append(records(1))
                #expect(try first.ask(.read(100)).count == 100)
                let second = try Guest("\(folder)/ipl")
                let refusal = try second.refusal(.read(100))
                #expect(refusal?.errno == Errno.busy.rawValue)
                #expect(refusal?.reason.contains("process \(Processes.current) (") == true)
                #expect(try second.number(.waiting) == 0)
            }
            while device.states[0].reader != nil { Clocks.sleep(nanoseconds: 1_000_000) }
            queues[0].append(records(1))
            let third = try Guest("\(folder)/ipl")
            #expect(try third.ask(.read(100)).count == 100)
        }
    }

    @Test func whoMayNotWriteMayNotFlush() throws {
        try withDevice(mayFlush: false) { _, folder, queues in
            queues[0].append(records(1))
            let guest = try Guest("\(folder)/ipl")
            #expect(try guest.refusal(.flush)?.errno == Errno.notPermitted.rawValue)
            #expect(try guest.number(.waiting) == 100)
        }
    }

    @Test func rubbishIsToldAndWearsPatienceOut() throws {
        try withDevice { _, folder, _ in
            let guest = try Guest("\(folder)/ipl")
            for _ in 0..<16 {
                try guest.tell([1, 2, 3])
                let answer = try guest.hear()
                #expect(refused(answer) == Errno.invalidArgument.rawValue)
            }
            #expect(try guest.hear().isEmpty, "the connection is over")
        }
    }

    @Test func whoDoesNotTakeAnswersIsLetGoAndLosesNothing() throws {
        try withDevice(limit: 512 << 10) { _, folder, queues in
            let deaf = try Guest("\(folder)/ipl")
            var sent = 0
            // Many long answers that nobody takes: at some point one does not fit any more.
            for _ in 0..<64 {
                queues[0].append(records(400, size: 1_000))
                guard (try? deaf.tell([0x52, 0, 0, 8, 0])) != nil else { break }
                sent += 1
                Clocks.sleep(nanoseconds: 2_000_000)
            }
            let counts = queues[0].counts
            #expect(counts.dropped > 0 || sent < 64)
            let next = try Guest("\(folder)/ipnat")
            #expect(try next.number(.waiting) == 0, "the others are served")
        }
    }

    @Test func aStaleSocketMakesRoomAndALiveOneDoesNot() throws {
        try Fixtures.withTemporaryFolder { folder in
            let queues = [UnitQueue(.filter, limit: 8_192, layout: .v51)]
            do {
                // Nobody removes this one.
                let stale = try Socket.listening(sequencedAt: "\(folder)/ipl")
                #expect(stale.number >= 0)
            }
            let device = try RecordDevice(queues, RecordDevice.Options(kind: .socket, folder: folder))
            let error = #expect(throws: IPLogDeviceError.self) {
                try RecordDevice(queues, RecordDevice.Options(kind: .socket, folder: folder))
            }
            #expect(error?.description.contains("Another daemon hands the records out there") == true)
            device.stop()
            #expect(try Paths.status("\(folder)/ipl") == nil)
        }
    }

    @Test func everyRecordIsInTheBooks() throws {
        try withDevice(limit: 32 << 10) { _, folder, queues in
            let written = WrittenFlag()
            let queue = queues[0]
            let total = 20_000
            let writer = try Thread(name: "writer") {
                for _ in 0..<total / 50 { queue.append(records(50)) }
                written.set()
            }
            let guest = try Guest("\(folder)/ipl")
            var bytes = 0
            while try !written.isSet || guest.number(.waiting) > 0 {
                if try guest.number(.waiting) > 0 { bytes += try guest.ask(.read(32_768)).count }
            }
            writer.join()
            let counts = queue.counts
            #expect(counts.written == UInt64(total))
            #expect(counts.read == UInt64(bytes / 100))
            #expect(counts.written == counts.read + counts.merged + counts.dropped)
        }
    }
}
