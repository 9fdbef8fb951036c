import LogFiles
import NIOCore
import Primitives
import Records
import SystemCalls

/// What came of a try to send.
private enum Step {
    case sent
    /// There is nothing to send.
    case nothing
    /// As much is in flight as may be.
    case full
    /// Datagrams, of which more are to come a little later.
    case paced
}

extension SyslogReceiver {
    /// Stretches that are sent before others get their turn.
    private static let stretchesAtOnce = 4

    /// Looks what has arrived and sends as much as may be in flight, a stretch of each log in turn.
    func pump() {
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        observe()
        settle()
        var step = Step.nothing
        for _ in 0..<Self.stretchesAtOnce {
            switch carrier {
            case .stream(let connection): step = isOutputEnded ? .nothing : sendStretch(connection)
            case .datagrams(let sender): step = sendDatagrams(sender)
            default: return
            }
            guard step == .sent else { break }
        }
        switch step {
        case .sent: loop.execute { [weak self] in self?.pump() }
        case .full: lookSoon(SyslogLimits.acknowledgement)
        case .paced: lookSoon(SyslogLimits.datagramPause)
        case .nothing where isFinishing: endOutput()
        case .nothing: break
        }
    }

    private func lookSoon(_ pause: Int64) {
        guard !isLookScheduled else { return }
        isLookScheduled = true
        loop.scheduleTask(in: .nanoseconds(pause)) { [weak self] in
            self?.isLookScheduled = false
            self?.pump()
        }
    }

    /// Everything was sent that there is: the other end is told, and says the same once it has read it.
    private func endOutput() {
        switch carrier {
        case .stream(let connection) where !isOutputEnded:
            isOutputEnded = true
            connection.finish()
        case .datagrams:
            ledger.confirm(before: .max)
            end()
        default: break
        }
    }

    /// Sends the next stretch.
    private func sendStretch(_ connection: StreamConnection) -> Step {
        guard ledger.inFlight < SyslogLimits.window else { return .full }
        if ledger.isSettled { progressedAt = Clocks.monotonic }
        workspace.space.stream.removeAll()
        guard let stretch = next(&workspace.space) else { return .nothing }
        state.cut += UInt64(workspace.space.stream.cut)
        // Told before: sending may fail at once, and then everything in the ledger is sent again.
        ledger.add(stretch, sent: connection.sent, now: Clocks.monotonic)
        connection.send(workspace.space.stream)
        ledger.settleLast(sent: connection.sent)
        return .sent
    }

    private func sendDatagrams(_ sender: DatagramSender) -> Step {
        guard ledger.inFlight < SyslogLimits.window else { return .full }
        if sender.isEmpty {
            if ledger.isSettled { progressedAt = Clocks.monotonic }
            sender.batch.removeAll()
            guard let stretch = next(sender) else { return .nothing }
            state.cut += UInt64(sender.batch.cut)
            sender.begin(stretch)
        }
        do {
            guard let stretch = try sender.send() else { return .full }
            ledger.add(stretch, sent: ledger.sent + UInt64(stretch.bytes), now: Clocks.monotonic)
            return .paced
        } catch {
            failed("\(error.errno)")
            return .nothing
        }
    }

    /// The next messages: tests, then lost lines that are still to be told, then lines.
    private func next(_ space: inout SyslogWorkspace) -> SentStretch? {
        if let own = nextOwn(&space.stream) { return own }
        for step in 0..<feeds.count {
            let index = (turn + step) % feeds.count
            guard let feed = feeds[index] else { continue }
            do throws(LogReadError) {
                guard var stretch = try feed.fill(&space, now: Clocks.wall) else { continue }
                stretch.feed = index
                turn = index + 1
                return stretch
            } catch {
                noteReading(error, of: feed.log)
            }
        }
        return nil
    }

    private func next(_ sender: DatagramSender) -> SentStretch? {
        if let own = nextOwn(&sender.batch) { return own }
        for step in 0..<feeds.count {
            let index = (turn + step) % feeds.count
            guard let feed = feeds[index] else { continue }
            do throws(LogReadError) {
                guard var stretch = try feed.fill(&workspace.space, datagrams: &sender.batch, now: Clocks.wall) else {
                    continue
                }
                stretch.feed = index
                turn = index + 1
                return stretch
            } catch {
                noteReading(error, of: feed.log)
            }
        }
        return nil
    }

    /// A message of the receiver's own: one that somebody asked for, or how many lines are missing.
    private func nextOwn(_ batch: inout SyslogBatch) -> SentStretch? {
        if let place = tests.firstIndex(where: { !$0.isSent }), let feed = feeds.lazy.compactMap(\.self).first {
            tests[place].isSent = true
            var stretch = feed.fillTest(tests[place].text, &batch, now: Clocks.wall)
            stretch.feed = -1
            stretch.test = tests[place].number
            return stretch
        }
        for (index, feed) in feeds.enumerated() {
            let isTold = ledger.unacknowledged.contains { $0.feed == index && $0.told > 0 }
            guard !isTold, var stretch = feed?.fillUntold(&batch, now: Clocks.wall) else { continue }
            stretch.feed = index
            return stretch
        }
        return nil
    }

    // MARK: What has arrived

    /// Asks the kernel how far the other end has come.
    func observe() {
        let now = Clocks.monotonic
        guard !ledger.isEmpty else { return }
        switch carrier {
        case .stream(let connection):
            guard let progress = connection.progress else { return }
            ledger.observe(acknowledged: progress.acknowledged, window: progress.window, now: now)
            let silence = Int64(progress.silence) * 1_000_000
            if !ledger.isSettled, silence > SyslogLimits.silence, now - progressedAt > SyslogLimits.silence {
                connection.fail("nothing was heard of it for \(SyslogLimits.silence / 60_000_000_000) min")
            }
        case .datagrams(let sender):
            do {
                try sender.check()
                ledger.confirm(before: now - SyslogLimits.datagramPatience)
            } catch {
                failed("\(error.errno)")
            }
        default: return
        }
    }

    /// Takes over what has arrived, and keeps how far that is.
    func settle() {
        var hasMoved = false
        while let stretch = ledger.takeAcknowledged() {
            hasMoved = true
            state.sent += stretch.lines + (stretch.place == nil ? 1 : 0)
            state.bytes += UInt64(stretch.bytes)
            if feeds.indices.contains(stretch.feed) { feeds[stretch.feed]?.acknowledge(stretch) }
            if let test = stretch.test { answer(test, nil) }
        }
        while let stretch = ledger.takeConfirmed() {
            if feeds.indices.contains(stretch.feed) { feeds[stretch.feed]?.confirm(stretch) }
        }
        guard hasMoved else { return }
        progressedAt = Clocks.monotonic
        pause = SyslogLimits.firstPause
        savePositions()
    }
}
