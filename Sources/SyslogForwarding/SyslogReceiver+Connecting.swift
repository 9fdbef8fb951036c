import NIOCore
import Settings
import SystemCalls

extension SyslogReceiver: StreamConnectionOwner {
    /// Begins a connection; what comes of it is told later.
    func connect() {
        state.phase = .connecting
        isOutputEnded = false
        if target.transport == .udp {
            carrier = .resolving
            DatagramSender.open(target, loop: loop) { [weak self] result in self?.opened(result) }
        } else {
            let connection = StreamConnection(loop, owner: self)
            carrier = .connecting(connection)
            connection.connect(target)
        }
        publish()
    }

    private func opened(_ result: Result<DatagramSender, SyslogError>) {
        guard case .resolving = carrier else { return }
        switch result {
        case .success(let sender):
            carrier = .datagrams(sender)
            begin()
        case .failure(let error): failed(error.description)
        }
    }

    func connectionIsReady(_ connection: StreamConnection) {
        guard case .connecting(let mine) = carrier, mine === connection else { return }
        carrier = .stream(connection)
        begin()
    }

    func connectionEnded(_ connection: StreamConnection) {
        guard case .stream(let mine) = carrier, mine === connection else { return }
        observe()
        ledger.confirmAcknowledged()
        settle()
    }

    func connectionFailed(_ connection: StreamConnection, _ reason: String) {
        switch carrier {
        case .connecting(let mine) where mine === connection: failed(reason)
        case .stream(let mine) where mine === connection: failed(reason)
        default: break
        }
    }

    private func begin() {
        ledger = StreamLedger()
        progressedAt = Clocks.monotonic
        state.phase = .connected
        noteConnection(nil)
        publish()
        pump()
    }

    /// What was not confirmed is sent again once there is a connection; the next try comes after a pause, which grows
    /// and is never quite the same.
    func failed(_ reason: String) {
        settle()
        let inFlight = ledger.unacknowledged.compactMap(\.test)
        disconnect()
        state.phase = .pausing
        noteConnection(reason)
        carrier = .pausing(until: Clocks.monotonic + Int64.random(in: pause / 2...pause))
        pause = min(pause * 2, SyslogLimits.longestPause)
        for number in inFlight { answer(number, SyslogError(reason)) }
        publish()
        if isFinishing { end() }
    }

    /// Leaves the connection, and goes back to what was confirmed.
    func disconnect() {
        switch carrier {
        case .connecting(let connection), .stream(let connection): connection.close()
        case .none, .resolving, .datagrams, .pausing: break
        }
        carrier = .none
        ledger = StreamLedger()
        for feed in feeds {
            do {
                try feed?.rewind()
            } catch {
                noteReading(error, of: feed?.log ?? "")
            }
        }
    }
}
