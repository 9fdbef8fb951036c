import IPLog
import IPLogDevice
import Primitives
import SystemCalls

/// Prints a line at once.
func say(_ line: String) {
    var buffer = ByteBuffer()
    buffer.append(line)
    buffer.append("\n")
    try? FileDescriptor.standardOutput.write(buffer.bytes)
}

/// Writes records into units as a worker does: in batches.
struct RecordWriter: ~Copyable {
    private let queues: [UnitQueue]
    private var batch = RecordBatch()
    private var number: UInt32 = 0
    private let time = Timestamp(seconds: 1, nanoseconds: 0)

    init(_ queues: [UnitQueue]) { self.queues = queues }

    mutating func writePackets(_ count: Int, areNew: Bool) {
        for _ in 0..<count {
            append(kept: 28, isNew: areNew)
            if batch.isFull { handOver(.filter) }
        }
        handOver(.filter)
    }

    /// A batch each half millisecond.
    mutating func writePaced(_ count: Int, perSecond rate: Int) {
        let begin = Clocks.monotonic
        var done = 0
        while done < count {
            let due = min(Int((Clocks.monotonic - begin) / 1000) * rate / 1_000_000, count)
            while done < due {
                append(kept: 22, isNew: true)
                done += 1
                if batch.isFull { handOver(.filter) }
            }
            handOver(.filter)
            Clocks.sleep(nanoseconds: 500_000)
        }
        say("paced \(count) in \((Clocks.monotonic - begin) / 1_000_000) ms")
    }

    mutating func writeTranslations(_ count: Int) {
        let end = IPLogTranslationRecord.Endpoint(.v4(IPv4Address(0xC000_0201)), port: 1)
        let record = IPLogTranslationRecord(
            action: 0, kind: 1, oldSource: end, oldDestination: end, newSource: end, newDestination: end, protocol: 6,
            version: 4)
        for _ in 0..<count {
            batch.append(record, at: time, .v51)
            if batch.isFull { handOver(.translation) }
        }
        handOver(.translation)
    }

    mutating func writeStates(_ count: Int) {
        let address = IPAddress.v4(IPv4Address(0xC000_0201))
        let record = IPLogStateRecord(event: 0, source: address, destination: address, protocol: 6)
        for _ in 0..<count {
            batch.append(record, at: time, .v51)
            if batch.isFull { handOver(.state) }
        }
        handOver(.state)
    }

    /// A datagram from 192.0.2.1 to 192.0.2.2 from a port of its own, of which `kept` bytes are in the record.
    private mutating func append(kept: Int, isNew: Bool) {
        if isNew { number &+= 1 }
        let port = number
        let record = IPLogFilterRecord(
            interface: IPLogName("eth0"), flags: 0x8012, headerLength: UInt8(kept), bodyLength: 0, direction: 0,
            family: 2)
        var key = SuppressionKey()
        key.transport = port
        let header = IPLogHeader(time: time)
        batch.append(key: key) { buffer in
            let packet: InlineArray<28, UInt8> = [
                0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2,
                UInt8(truncatingIfNeeded: port >> 8), UInt8(truncatingIfNeeded: port), 0, 53, 0, 8, 0, 0,
            ]
            buffer.append(header, record, packet: packet.span.bytes)
        }
    }

    private mutating func handOver(_ unit: IPLogUnit) {
        queues[unit.rawValue].append(batch)
        batch.removeAll()
    }
}
