import Primitives
import Synchronization
import SystemCalls

extension LogWriterLoop {
    func carryOut(_ order: LogQueue.Order) {
        var outcome: LogFileError?
        do throws(LogFileError) {
            switch order.command {
            case .flush:
                if let suspension = state.suspension { throw suspension.error }
            case .clear: try clear()
            case .reopen: try reopen()
            case .configure(let configuration): configure(configuration)
            case .close: isClosing = true
            }
        } catch {
            outcome = error
        }
        publish()
        observers.tell(position)
        queue.finish(order, outcome, state)
    }

    private func clear() throws(LogFileError) {
        do {
            try shelf.trim(to: 0)
            try live?.clear()
        } catch {
            throw LogFileError(error, names.live)
        }
        // It may have been what the disk was full of.
        retryAt = .min
        position.clears += 1
        position.bytes = 0
        rotation = RotationClock(configuration.period, zone: configuration.zone)
    }

    private func configure(_ new: LogConfiguration) {
        if new.period != configuration.period || new.zone != configuration.zone {
            rotation = RotationClock(new.period, zone: new.zone)
            if let live, live.textSize > 0 { rotation.begin(at: clock.wall()) }
        }
        configuration = new
        notes = NoteRenderer(new)
        shelf.compresses.store(new.compresses, ordering: .relaxed)
        do { try shelf.trim(to: new.kept) } catch { report(.failed(LogFileError(error, names.folder))) }
        budget?.look()
    }

    /// Opens the file by its name. What lies beside a text that somebody has moved goes where that went, if it is still
    /// one of our names.
    func reopen() throws(LogFileError) {
        guard let old = live else { return try openIfClosed() }
        do {
            let there = try Paths.status(names.live)
            if there?.node != old.identity.node || there?.device != old.identity.device {
                try parkIndex(of: old)
                position.rotations += 1
                state.rotations += 1
            }
        } catch {
            throw LogFileError(error, names.live)
        }
        live = nil
        try openIfClosed()
    }

    /// Somebody has removed, cut or lengthened the file: what is there is taken for what it is.
    func settleDisturbance() throws(LogFileError) {
        guard let live else { return }
        do {
            switch try live.disturbance() {
            case nil: return
            case .removed:
                report(.disturbed(path: names.live, what: "the file was removed; a new one is begun"))
            case .cut:
                report(.disturbed(path: names.live, what: "the file was cut by another program"))
                _ = try live.recover()
                position.bytes = live.textSize
                return
            case .grown:
                report(.disturbed(path: names.live, what: "another program wrote into the file"))
                _ = try live.recover()
                position.bytes = live.textSize
                return
            }
        } catch {
            throw LogFileError(error, names.live)
        }
        try reopen()
    }

    private func parkIndex(of old: LiveLogFile) throws(SystemCallError) {
        try? shelf.scan()
        let number = shelf.contents.withLock { contents in
            contents.segments.first { segment in
                guard !segment.isCompressed else { return false }
                let status = try? Paths.status(names.plain(segment.number))
                return status?.node == old.identity.node && status?.device == old.identity.device
            }?.number
        }
        if let number {
            try Paths.renameIfThere(names.liveRecords, to: names.records(number))
            try Paths.renameIfThere(names.liveIndex, to: names.index(number))
        } else {
            try Paths.unlinkIfThere(names.liveIndex)
            try Paths.unlinkIfThere(names.liveRecords)
        }
    }

    /// Opens the live files where the last try failed, or where they were let go of.
    func openIfClosed() throws(LogFileError) {
        guard live == nil else { return }
        let fresh = try LiveLogFile(names, configuration)
        do {
            _ = try fresh.recover()
        } catch {
            throw LogFileError(error, names.live)
        }
        live = fresh
        position.bytes = fresh.textSize
        rotation = RotationClock(configuration.period, zone: configuration.zone)
        if fresh.textSize > 0 { rotation.begin(at: clock.wall()) }
    }

    // MARK: Rotation

    /// Begins a new file where the period is over, or where `length` more bytes would make this one too long.
    func rotateIfDue(before length: Int) {
        guard let live, live.textSize > 0 else { return }
        let now = clock.monotonic()
        let wall = clock.wall()
        let isOver = rotation.isDue(at: wall, monotonic: now)
        let most = min(configuration.size ?? .max, budget?.liveLimit ?? .max)
        guard isOver || live.textSize + Int64(length) > most, now >= rotationHeldUntil else { return }
        do throws(SystemCallError) {
            // Without a thread for it in the background.
            if budget == nil { try live.synchronize() }
            try shelf.takeLive(bytes: live.bytes, newest: wall)
        } catch {
            rotationHeldUntil = now + 60_000_000_000
            report(.failed(LogFileError(error, names.live)))
            return
        }
        self.live = nil
        rotation.rotated(at: wall, monotonic: now)
        state.rotations += 1
        position.rotations += 1
        position.bytes = 0
        do {
            try shelf.trim(to: configuration.kept)
        } catch {
            report(.failed(LogFileError(error, names.folder)))
        }
        budget?.look()
        do {
            try openFresh()
        } catch {
            // The next append finds no file and suspends the log.
            report(.failed(error))
        }
    }

    private func openFresh() throws(LogFileError) {
        let fresh = try LiveLogFile(names, configuration)
        do { _ = try fresh.recover() } catch { throw LogFileError(error, names.live) }
        live = fresh
        position.bytes = fresh.textSize
    }
}
