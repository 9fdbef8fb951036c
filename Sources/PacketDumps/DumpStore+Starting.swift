import Primitives
import Synchronization
import SystemCalls

extension DumpStore {
    /// Begins a dump: its folder and its first file are there when this returns.
    ///
    /// A finished dump of the same name goes where the order says that it may be replaced, and only once the new one
    /// has begun.
    public func start(_ order: DumpOrder) throws(DumpError) -> DumpID {
        try order.validate()
        let id = try reserve(order)
        let place = DumpFolder(parent: folder, name: order.name)
        let dump = RunningDump(id: id, order: order, folder: place, inbox: inbox, pool: pool)
        let file: DumpFile
        do {
            file = try begin(dump)
        } catch {
            state.withLock { _ = $0.busy.remove(order.name) }
            throw .system(error)
        }
        let writing = DumpWriting(dump, file, surroundings, closer)
        let isClosed = state.withLock { state in
            state.busy.remove(order.name)
            state.finished[order.name] = nil
            guard !state.isClosed else { return true }
            state.running[order.name] = dump
            // Within the lock, so that who finds the dump may tell the writer of it.
            inbox.send(.begin(writing))
            return false
        }
        guard isClosed else { return id }
        try? removeFolder(place.path)
        throw .closed
    }

    private func reserve(_ order: DumpOrder) throws(DumpError) -> DumpID {
        let name = order.name
        let result: Result<DumpID, DumpError> = state.withLock { state in
            settle(&state)
            if state.isClosed { return .failure(.closed) }
            if state.running[name] != nil || state.busy.contains(name) { return .failure(.running(name)) }
            let isThere = state.finished[name] != nil
            if isThere, !order.replaces { return .failure(.exists(name)) }
            guard state.running.count < DumpLimits.running else { return .failure(.tooManyRunning(DumpLimits.running)) }
            if !isThere, state.running.count + state.finished.count >= DumpLimits.dumps {
                return .failure(.tooMany(DumpLimits.dumps))
            }
            state.busy.insert(name)
            state.nextID += 1
            return .success(DumpID(number: state.nextID))
        }
        return try result.get()
    }

    /// Makes the folder under a hidden name, with the first file and the journal in it, then gives it its name.
    private func begin(_ dump: RunningDump) throws(SystemCallError) -> DumpFile {
        let place = dump.folder
        let fresh = "\(folder)/.\(place.name).new"
        let old = "\(folder)/.\(place.name).old"
        try removeFolder(fresh)
        try removeFolder(old)
        try Folders.make(fresh, permissions: 0o750)
        do {
            var head = ByteBuffer(capacity: 1_024)
            DumpHead.append(dump.order, surroundings, into: &head)
            let file = try DumpFile(
                in: fresh, folder: place, sequence: dump.order.ring == nil ? 0 : 1, head: head.bytes,
                startedAt: dump.order.startedAt)
            try DumpJournal(dump.report(), []).save(in: fresh)
            if try Paths.status(place.path) != nil { try Paths.rename(place.path, to: old) }
            try Paths.rename(fresh, to: place.path)
            try? removeFolder(old)
            return file
        } catch {
            try? removeFolder(fresh)
            throw error
        }
    }

    /// Removes a folder with the files in it; one that is not there is no error.
    func removeFolder(_ path: String) throws(SystemCallError) {
        guard try Paths.status(path) != nil else { return }
        for name in try Folders.names(in: path) { try Paths.unlink("\(path)/\(name)") }
        try Folders.remove(path)
    }
}
