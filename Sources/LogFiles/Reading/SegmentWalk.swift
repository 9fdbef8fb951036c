import SystemCalls

/// Goes from file to file of a log while they are rotated, renamed, compressed and removed. The open file stays what
/// it is, whatever becomes of its name.
struct SegmentWalk: ~Copyable {
    /// Tries to open a file that is renamed each time before it can be.
    private static let attempts = 16
    /// Waits of a millisecond for a rotation that has moved the index and not yet the text: the disk may be slow.
    private static let rotationPatience = 2_000

    let path: String
    let isSingle: Bool
    /// The open file, as it was listed last.
    private(set) var segment: LogSegment
    var text: SegmentText
    /// Whether the file that was left last is not among the log's files any more.
    private(set) var wasRemoved = false

    private init(_ path: String, _ isSingle: Bool, _ segment: LogSegment, _ text: consuming SegmentText) {
        self.path = path
        self.isSingle = isSingle
        self.segment = segment
        self.text = text
    }

    /// Begins at the file that is written, or the newest where that one is missing.
    static func newest(_ path: String, isSingle: Bool) throws(LogReadError) -> SegmentWalk {
        try opening(path, isSingle) { $0.last }
    }

    /// Begins at the oldest file.
    static func oldest(_ path: String, isSingle: Bool) throws(LogReadError) -> SegmentWalk {
        try opening(path, isSingle) { $0.first }
    }

    /// Begins at the file of a place; nil where that is not there any more.
    static func at(_ place: LogPlace, _ path: String, isSingle: Bool) throws(LogReadError) -> SegmentWalk? {
        // Then the log was empty.
        guard place.firstLine != 0 else { return try oldest(path, isSingle: isSingle) }
        for _ in 0..<attempts {
            let all = try LogSegments(path: path, isSingle: isSingle).all
            switch try find(SegmentIdentity(place), in: all) {
            case .at(let found):
                if let text = try open(all[found]) { return SegmentWalk(path, isSingle, all[found], text) }
            case .nowhere: return nil
            case .unknown: pause()
            }
        }
        return nil
    }

    private static func opening(
        _ path: String, _ isSingle: Bool, _ choose: ([LogSegment]) -> LogSegment?
    ) throws(LogReadError) -> SegmentWalk {
        for _ in 0..<attempts {
            guard let chosen = choose(try LogSegments(path: path, isSingle: isSingle).all) else { break }
            if let text = try open(chosen) { return SegmentWalk(path, isSingle, chosen, text) }
        }
        throw LogReadError(path, .noLog)
    }

    /// Opens a listed file; nil where another one has its name by now.
    private static func open(_ segment: LogSegment) throws(LogReadError) -> SegmentText? {
        do {
            let text = try SegmentText.open(segment.path)
            guard text.status.node == segment.status.node else { return nil }
            return text
        } catch {
            if case .call(let failure) = error.reason, failure.errno == .noSuchFile { return nil }
            throw error
        }
    }

    /// Where a file stands in a listing.
    private enum Standing {
        case at(Int)
        case nowhere
        /// Names have changed since the listing: it has to be made again.
        case unknown
    }

    /// The file with an identity among those listed: of the same number, or compressed since.
    private static func find(_ identity: SegmentIdentity, in all: [LogSegment]) throws(LogReadError) -> Standing {
        var isStale = false
        if let same = all.firstIndex(where: { $0.status.node == identity.node }) {
            if let text = try open(all[same]) {
                if text.identity.firstLine == identity.firstLine { return .at(same) }
            } else {
                isStale = true
            }
        }
        // Rotated files become older, compressed ones are found by their first line: the newest is the likeliest.
        for (place, segment) in all.enumerated().reversed() where segment.path != segment.indexPath {
            guard let text = try open(segment) else {
                isStale = true
                continue
            }
            if text.identity.firstLine == identity.firstLine { return .at(place) }
        }
        return isStale ? .unknown : .nowhere
    }

    /// Goes to the next newer file; false where there is none.
    mutating func goToNewer() throws(LogReadError) -> Bool {
        try go { all, place in
            guard let place else { return all.first }
            return place + 1 < all.count ? all[place + 1] : nil
        }
    }

    /// Goes to the next older file; false where there is none.
    mutating func goToOlder() throws(LogReadError) -> Bool {
        try go { all, place in
            guard let place, place > 0 else { return nil }
            return all[place - 1]
        }
    }

    /// Chooses a file by a fresh listing and where the open one stands in it: nowhere where it was removed; those that
    /// are left are newer then.
    private mutating func go(_ choose: ([LogSegment], Int?) -> LogSegment?) throws(LogReadError) -> Bool {
        try text.learnIdentity()
        for _ in 0..<Self.attempts {
            let all: [LogSegment]
            do {
                all = try LogSegments(path: path, isSingle: isSingle).all
            } catch {
                guard error.reason == .noLog else { throw error }
                return false
            }
            let here: Int?
            switch try standing(in: all) {
            case .at(let place): here = place
            case .nowhere: here = nil
            case .unknown:
                Self.pause()
                continue
            }
            wasRemoved = here == nil
            guard let next = choose(all, here) else { return false }
            guard let opened = try Self.open(next) else { continue }
            segment = next
            text = opened
            return true
        }
        return false
    }

    private func standing(in all: [LogSegment]) throws(LogReadError) -> Standing {
        if let place = all.firstIndex(where: { $0.status.node == text.status.node }) { return .at(place) }
        return text.identity.firstLine == 0 ? .nowhere : try Self.find(text.identity, in: all)
    }

    /// Looks for the name that the open file has now, or that what it was compressed into has; false where it was
    /// removed.
    private mutating func locate() throws(LogReadError) -> Bool {
        try text.learnIdentity()
        for _ in 0..<Self.attempts {
            let all: [LogSegment]
            do {
                all = try LogSegments(path: path, isSingle: isSingle).all
            } catch {
                guard error.reason == .noLog else { throw error }
                return false
            }
            switch try standing(in: all) {
            case .at(let place):
                segment = all[place]
                return true
            case .nowhere: return false
            case .unknown: Self.pause()
            }
        }
        return false
    }

    /// The index of the open file, or of what it was compressed into; nil where it has none. Files of the index are
    /// renamed before their text is: what was opened while the text kept its name belongs to it.
    mutating func openIndex(from start: Int64 = 0) throws(LogReadError) -> SegmentIndex? {
        for attempt in 0..<Self.rotationPatience {
            let index = try SegmentIndex(beside: segment, from: start)
            // Asked before the name is: a text that has its name afterwards had it now.
            let isMoving = index == nil ? try hasIndexMoved() : false
            let status = try Self.status(segment.path)
            if let status, status.node == segment.status.node, status.device == segment.status.device {
                if index != nil || !isMoving && attempt > 1 { return index }
            }
            if attempt > 0 { Self.pause() }
            guard try locate() else { return nil }
        }
        return nil
    }

    /// Whether a rotation has moved the open file's index to the next number, and not yet its text.
    private func hasIndexMoved() throws(LogReadError) -> Bool {
        let next = "\(path).\(segment.number + 1)"
        guard try Self.status("\(next).idx") != nil else { return false }
        return try LogSegments.status(ofAny: next) == nil
    }

    private static func status(_ path: String) throws(LogReadError) -> FileStatus? {
        do {
            return try Paths.status(path)
        } catch {
            throw LogReadError(path, .call(error))
        }
    }
}

extension SegmentWalk {
    private static func pause() {
        var nothing = Poll()
        // A signal ends it early, which is as well.
        _ = try? nothing.wait(milliseconds: 1)
    }
}

extension SegmentIdentity {
    init(_ place: LogPlace) {
        firstLine = place.firstLine
        node = place.node
    }
}
