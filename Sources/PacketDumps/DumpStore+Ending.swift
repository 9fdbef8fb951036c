import Primitives
import Synchronization
import SystemCalls

extension DumpStore {
    /// Ends a dump, and returns when its files are whole: within a fifth of a second where its producers still answer,
    /// and what the disk takes.
    public func stop(_ name: String, reason: String = "stopped") async throws(DumpError) -> DumpReport {
        let found: Result<RunningDump, DumpError> = state.withLock { state in
            settle(&state)
            if let dump = state.running[name] { return .success(dump) }
            return .failure(state.finished[name] == nil ? .unknown(name) : .ended(name))
        }
        return await stop(try found.get(), reason)
    }

    private func stop(_ dump: RunningDump, _ reason: String) async -> DumpReport {
        await withCheckedContinuation { continuation in
            dump.close()
            inbox.send(.stop(dump, StopRequest(reason: reason, continuation: continuation)))
        }
    }

    /// Removes a finished dump with its files.
    public func remove(_ name: String) throws(DumpError) {
        let refusal: DumpError? = state.withLock { state in
            settle(&state)
            if state.running[name] != nil || state.busy.contains(name) { return .running(name) }
            guard state.finished[name] != nil else { return .unknown(name) }
            state.busy.insert(name)
            return nil
        }
        if let refusal { throw refusal }
        defer { state.withLock { _ = $0.busy.remove(name) } }
        do {
            // Under a hidden name first, so that a half removed dump is never seen.
            let gone = "\(folder)/.\(name).gone"
            try removeFolder(gone)
            try Paths.rename("\(folder)/\(name)", to: gone)
            state.withLock { $0.finished[name] = nil }
            try removeFolder(gone)
        } catch {
            throw .system(error)
        }
    }

    /// Ends all dumps, and returns them when their files are whole. Producers should be gone; nothing can be started
    /// afterwards.
    public func shutdown() async -> [DumpReport] {
        let dumps = state.withLock { state in
            state.isClosed = true
            settle(&state)
            return Array(state.running.values)
        }
        var reports: [DumpReport] = []
        await withTaskGroup(of: DumpReport.self) { group in
            for dump in dumps { group.addTask { await self.stop(dump, "the engine was shut down") } }
            for await report in group { reports.append(report) }
        }
        return reports.sorted { $0.order.name < $1.order.name }
    }
}
