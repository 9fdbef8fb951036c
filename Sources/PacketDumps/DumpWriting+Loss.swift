import CaptureFiles
import Primitives
import Synchronization
import SystemCalls

// What cannot be written is counted, and the next packet of the interface says so.
extension DumpWriting {
    /// Takes over what a producer counted as lost, which the dump's counter has already.
    func note(lost: [UInt64]) {
        let reason = wasFull ? "the disk was full" : "the writer did not keep up"
        for (number, count) in lost.enumerated() where count > 0 { miss(count, interface: number, reason) }
        if lost.isEmpty, !isSuspended { wasFull = false }
    }

    /// Counts packets that the writer loses.
    func lose(_ count: UInt64, interface number: Int, _ reason: String) {
        dump.lost.add(count, ordering: .relaxed)
        miss(count, interface: number, reason)
    }

    /// Counts the blocks of `bytes` from `start` on.
    func lose(_ bytes: RawSpan, from start: Int) {
        var place = start
        while let block = PcapngPacketBlock(in: bytes, at: place) {
            lose(1, interface: Int(block.interface), "the disk was full")
            place += block.length
        }
    }

    private func miss(_ count: UInt64, interface number: Int, _ reason: String) {
        guard number < dump.numbers.count else { return }
        while missing.count <= number { missing.append(0) }
        missing[number] &+= count
        missingReason = reason
        isMissing = true
        file?.addLost(count, interface: number)
    }

    /// A copy of blocks; the first packet of each interface that misses some says how many.
    func marked(_ bytes: RawSpan) -> ByteBuffer {
        var marked = ByteBuffer(capacity: bytes.byteCount + 4_096)
        var place = 0
        while let block = PcapngPacketBlock(in: bytes, at: place) {
            let number = Int(block.interface)
            if isMissing, number < missing.count, missing[number] > 0 {
                let count = missing[number]
                let text =
                    "\(count) \(count == 1 ? "packet is" : "packets are") missing before this one: \(missingReason)"
                block.append(from: bytes, at: place, missing: count, comment: text, into: &marked)
                missing[number] = 0
                isMissing = missing.contains { $0 > 0 }
            } else {
                marked.append(bytes.extracting(place..<place + block.length))
            }
            place += block.length
        }
        return marked
    }

    /// The disk takes nothing: from here on packets are counted, and what is held is tried again every second.
    func suspend(_ error: SystemCallError) {
        retryAt = Clocks.monotonic &+ 1_000_000_000
        guard !isSuspended else { return }
        isSuspended = true
        wasFull = true
        dump.setSuspended(true)
        dump.published.withLock { published in
            published.phase = .suspended
            published.reason = Self.reason(error)
        }
        surroundings.event(.suspended(dump.report()))
    }

    private static func reason(_ error: SystemCallError) -> String {
        switch error.errno {
        case .noSpace: "the disk is full; packets are counted until there is room"
        case .quotaExceeded: "the disk quota is used up; packets are counted until there is room"
        default: "cannot write: \(error.errno) (\(error.call)); packets are counted until it can"
        }
    }

    /// Tries what is held again.
    func retry() {
        retryAt = .max
        var bytes = ByteBuffer(capacity: 64)
        swap(&bytes, &held)
        write(bytes.bytes)
        if retryAt == .max, !isDone {
            isSuspended = false
            dump.setSuspended(false)
            dump.published.withLock { published in
                published.phase = .running
                published.reason = nil
            }
            surroundings.event(.resumed(dump.report()))
        }
        publish()
    }
}
