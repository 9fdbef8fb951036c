import LogIndex
import Patterns
import SystemCalls

/// Reads a log's files, the one that is written and the rotated ones, as one text. Many readers may read a log while it
/// is written, rotated and compressed; none of them holds up the writer.
public struct LogReader: Sendable {
    /// The path of the file that is written.
    public let path: String
    /// Whether only this one file is read.
    public let isSingle: Bool

    /// A reader of the log whose present file is at `path`. A name such as `debug.log.1.zst` means that file alone.
    public init(path: String, isSingle: Bool = false) {
        self.path = path
        self.isSingle = isSingle
    }

    /// At most `limit` selected lines from `start` on. Looks at text for `patience` nanoseconds at most: a page may then
    /// have fewer lines, or none, and says where to go on.
    public func page(
        _ selection: LogSelection, _ start: LogPageStart = .end, limit: Int, patience: Int64 = 2_000_000_000
    ) throws(LogReadError) -> LogLines {
        precondition(limit > 0, "a page has lines")
        var gatherer = try PageGatherer(selection, path, limit: limit, deadline: Clocks.monotonic + patience)
        switch start {
        case .end:
            var walk = try SegmentWalk.newest(path, isSingle: isSingle)
            try gatherer.gatherBackward(&walk, to: nil)
        case .beginning:
            var walk = try SegmentWalk.oldest(path, isSingle: isSingle)
            try gatherer.gatherForward(&walk, from: 0)
        case .after(let place):
            var walk = try walk(at: place)
            try gatherer.gatherForward(&walk, from: place.offset)
        case .before(let place):
            var walk = try walk(at: place)
            try gatherer.gatherBackward(&walk, to: place.offset)
        }
        return gatherer.finish()
    }

    private func walk(at place: LogPlace) throws(LogReadError) -> SegmentWalk {
        guard let walk = try SegmentWalk.at(place, path, isSingle: isSingle) else {
            throw LogReadError(path, .placeGone)
        }
        return walk
    }
}
