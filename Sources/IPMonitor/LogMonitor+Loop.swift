import IPLog
import SystemCalls

extension LogMonitor {
    /// Reads all logs to their ends; for ever where one has none. Returns the exit status.
    func watch(_ sources: [LogSource]) throws(SystemCallError) -> Int32 {
        let hangUp = try HangUpWatch()
        while true {
            for source in sources where !source.isOver && source.kind == .file { readFile(source, hangUp) }
            flush()
            if let status = statusOfFailure() { return status }
            if hangUp.take() { reopen() }
            if sources.allSatisfy(\.isOver) { break }
            try readStreams(sources.filter { !$0.isOver && $0.kind != .file }, hangUp)
        }
        reportRest()
        actions?.finish()
        flush()
        // What is in a layout that nobody knows cannot be read: as if it could not be opened.
        return statusOfFailure() ?? (sources.contains(where: \.isUnknown) ? 1 : 0)
    }

    /// Reads a file to its end, for the time being with `-t`.
    private func readFile(_ source: LogSource, _ hangUp: borrowing HangUpWatch) {
        do {
            if options.follows { try source.restartIfCut() }
            while try source.fill() == .bytes {
                drain(source, isEnd: false)
                if failure != nil { return }
                if hangUp.take() { reopen() }
            }
        } catch {
            report(error, source)
            source.isOver = true
            return
        }
        if !options.follows { end(source) }
    }

    private func end(_ source: LogSource) {
        drain(source, isEnd: true)
        source.isOver = true
    }

    /// Waits until one of the others has something, and takes it.
    private func readStreams(_ sources: [LogSource], _ hangUp: borrowing HangUpWatch) throws(SystemCallError) {
        for source in sources { ask(source) }
        let live = sources.filter { !$0.isOver && !$0.isResting }
        var poll = Poll(readable: hangUp.number)
        for source in live { poll.add(source.number, for: .readable) }
        // A second, as the original, where something ended that may go on.
        let ready = try poll.wait(milliseconds: options.follows && live.count < waiting(sources) ? 1000 : -1)
        for source in sources { source.isResting = false }
        guard ready else { return }
        for (index, source) in live.enumerated() where !poll[index + 1].isEmpty { readStream(source) }
        if !poll[0].isEmpty, hangUp.take() { reopen() }
    }

    /// How many sources are waited for when none of them rests; files that are followed always do.
    private func waiting(_ sources: [LogSource]) -> Int {
        options.follows && options.units.count > sources.count ? sources.count + 1 : sources.count
    }

    private func ask(_ source: LogSource) {
        do {
            try source.ask()
        } catch {
            report(error, source)
            end(source)
        }
    }

    private func readStream(_ source: LogSource) {
        do {
            switch try source.fill() {
            case .bytes: drain(source, isEnd: false)
            case .nothing: break
            case .end where source.kind == .socket:
                reportGone(source)
                end(source)
            case .end where options.follows: source.isResting = true
            case .end: end(source)
            }
        } catch {
            report(error, source)
            end(source)
        }
    }

    /// SIGHUP: files anew, names anew, rules anew.
    func reopen() {
        flush()
        do {
            try output.reopen()
        } catch {
            say("\(error.path ?? "output"): fopen: \(error.errno)", IPLogPriority.error)
        }
        raw?.reopen()
        text.tables = surroundings.tables()
        guard let path = options.configuration else { return }
        do throws(ConfigurationError) {
            let rules = try ConfigurationFile.load(path, tables: text.tables)
            actions?.finish()
            actions = MonitorActions(rules, self.surroundings)
        } catch {
            say("\(error); the rules that were there go on", IPLogPriority.error)
        }
    }

    /// Text that could not be written: a daemon says so and goes on, others end.
    private func statusOfFailure() -> Int32? {
        guard let error = failure else { return nil }
        failure = nil
        let name = options.output ?? "standard output"
        if error.errno == .brokenPipe { return 1 }
        say("\(name): write: \(error.errno)", IPLogPriority.error)
        return options.isDaemon ? nil : 1
    }
}
