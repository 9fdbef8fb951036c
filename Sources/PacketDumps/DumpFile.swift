import CaptureFiles
import PacketDecoding
import Primitives
import SystemCalls

/// A file of a dump that is being written under its hidden name.
///
/// Only whole blocks are counted in `size`; what a failed write left behind them is cut off at once.
///
/// Not checked by the compiler, but owned: by who opens it, then by the writer's thread, then by the closer's.
final class DumpFile: @unchecked Sendable {
    /// The most bytes of a packet that are kept whatever was ordered.
    static let packetLimit = PcapngBlock.packetLimit

    /// What a file says about an interface at its end.
    struct Tally: Hashable {
        var packets: UInt64 = 0
        var lost: UInt64 = 0
    }

    let name: DumpFileName
    var sequence: Int { name.sequence }
    private let descriptor: FileDescriptor
    private(set) var size: UInt64 = 0
    private(set) var packets: UInt64 = 0
    private(set) var tallies: [Tally] = []
    private(set) var lastTime: Timestamp
    /// Interfaces that the file describes so far.
    private(set) var described = 0

    /// Bytes that the end of the file takes: statistics of each interface, and a comment.
    var endLength: UInt64 { UInt64(described * Self.statisticsLength + Self.endCommentLimit) }
    private static let statisticsLength = 76
    /// Bytes that the comment at the end may take.
    static let endCommentLimit = 408

    /// Opens a file in `path`, which is where `folder` stands now, and begins it.
    init(
        in path: String, folder: DumpFolder, sequence: Int, head: RawSpan, startedAt: Timestamp
    ) throws(SystemCallError) {
        name = DumpFileName(folder, sequence)
        lastTime = startedAt
        let hidden = "\(path)/\(folder.hiddenName(sequence))"
        if try Paths.status(hidden) != nil { try Paths.unlink(hidden) }
        descriptor = try FileDescriptor(opening: hidden, for: .append, permissions: 0o640)
        do {
            try descriptor.write(head)
        } catch {
            try? Paths.unlink(hidden)
            throw error
        }
        size = UInt64(head.byteCount)
    }

    /// Describes the interfaces that follow those described so far; false, and nothing is written, where the file would
    /// have more than `byteLimit` bytes with its end.
    func describe(_ blocks: RawSpan, count: Int, byteLimit: UInt64) throws(SystemCallError) -> Bool {
        let needed = size + endLength + UInt64(blocks.byteCount + count * Self.statisticsLength)
        guard needed <= byteLimit else { return false }
        try appendWhole(blocks)
        described += count
        while tallies.count < described { tallies.append(Tally()) }
        return true
    }

    /// Counts packets of an interface that should be in this file and are not.
    func addLost(_ count: UInt64, interface number: Int) {
        while tallies.count <= number { tallies.append(Tally()) }
        tallies[number].lost &+= count
    }

    /// How far the packets' blocks of `bytes` from `start` on may be written, so that the file has at most `byteLimit`
    /// bytes with its end, and are at most `packetLimit`.
    func reach(_ bytes: RawSpan, from start: Int, byteLimit: UInt64, packetLimit: UInt64) -> Int {
        let used = size + endLength
        let room = byteLimit > used ? byteLimit - used : 0
        // Almost always all of it.
        if packetLimit == .max, UInt64(bytes.byteCount - start) <= room { return bytes.byteCount }
        var place = start
        var count: UInt64 = 0
        while count < packetLimit, let block = PcapngPacketBlock(in: bytes, at: place),
            UInt64(place - start + block.length) <= room
        {
            place += block.length
            count += 1
        }
        return place
    }

    /// Writes the packets' blocks of `range`. Where the disk takes only a part, the whole blocks of that stay, and the
    /// error comes with the place behind them.
    func append(_ bytes: RawSpan, _ range: Range<Int>) throws(PartlyWritten) {
        var place = range.lowerBound
        while place < range.upperBound {
            do {
                place += try descriptor.writeSome(bytes.extracting(place..<range.upperBound))
            } catch {
                let border = tally(bytes, from: range.lowerBound, upTo: place)
                try? descriptor.truncate(to: Int64(clamping: size))
                throw PartlyWritten(end: border, error: error)
            }
        }
        _ = tally(bytes, from: range.lowerBound, upTo: range.upperBound)
    }

    /// Counts the whole blocks between `start` and `end`, and returns the place behind them.
    private func tally(_ bytes: RawSpan, from start: Int, upTo end: Int) -> Int {
        var place = start
        var time = lastTime
        var count: UInt64 = 0
        while place < end, let block = PcapngPacketBlock(in: bytes, at: place), block.length <= end - place {
            place += block.length
            count += 1
            time = max(time, block.time)
            let number = Int(block.interface)
            if number < tallies.count { tallies[number].packets += 1 }
        }
        lastTime = time
        packets += count
        size += UInt64(place - start)
        return place
    }

    /// Writes the statistics of the interfaces. A comment, of at most `endCommentLimit` bytes, stands with the first.
    func appendEnd(lostInKernel: UInt64, comment: String?) throws(SystemCallError) {
        guard described > 0 else { return }
        var buffer = ByteBuffer(capacity: 4 << 10)
        for number in 0..<described {
            let tally = tallies[number]
            var statistics = InterfaceStatistics()
            let kernel = number == 0 ? lostInKernel : 0
            statistics.accepted = tally.packets &+ tally.lost
            statistics.delivered = tally.packets
            // Wireshark shows this one as dropped: all that is missing.
            statistics.dropped = tally.lost &+ kernel
            statistics.droppedBySystem = kernel
            PcapngBlock.appendStatistics(
                statistics, interface: UInt32(number), at: lastTime, comment: number == 0 ? comment : nil,
                into: &buffer)
        }
        try appendWhole(buffer.bytes)
    }

    private func appendWhole(_ bytes: RawSpan) throws(SystemCallError) {
        do {
            try descriptor.write(bytes)
        } catch {
            try? descriptor.truncate(to: Int64(clamping: size))
            throw error
        }
        size += UInt64(bytes.byteCount)
    }

    /// Waits until the file is on the disk, then gives it its name; a disk that fails keeps it from neither.
    func finish() throws(SystemCallError) {
        guard !name.isDiscarded else { return }
        var failure: SystemCallError?
        do throws(SystemCallError) { try descriptor.synchronize() } catch { failure = error }
        try name.give()
        if let failure { throw failure }
    }
}

/// A write that the disk took a part of.
struct PartlyWritten: Error {
    /// The place behind the last whole block that is in the file.
    var end: Int
    var error: SystemCallError
}
