public import ControlMessages
import Expressions
import LiveCapture
import PacketDumps
import Primitives
import Settings
import SystemCalls

extension GatewayEngine {
    public func dumps() async -> [DumpState] { dumpStore.list().map(DumpState.init) }

    public func startDump(
        _ request: DumpRequest, by actor: ControlActor
    ) async throws(ControlError) -> DumpState {
        let expression = try parse(request.expression)
        // Empty text is every IP packet.
        let tree = expression.tree ?? .any(SourceRange(0, 0))
        var order = DumpOrder(
            name: request.name, expression: request.expression, startedBy: actor.name, startedAt: Clocks.wall)
        order.maxBytes = request.maxSize
        order.maxSeconds = request.maxSeconds ?? document.dumps.maxTime.value.map { UInt64($0.seconds) }
        order.maxPackets = request.maxPackets
        order.snapLength = request.snapLength
        order.ring = request.ring
        order.replaces = request.replaces
        if let budget = document.dumps.budget.value {
            let used = dumpStore.list().reduce(0) { $0 + $1.bytes }
            guard used < UInt64(budget.bytes) else {
                throw ControlError(
                    .unavailable, "the dumps take \(used) bytes, and \(budget) are allowed (dumps.budget); remove some")
            }
        }
        let id: DumpID
        do {
            id = try dumpStore.start(order)
        } catch {
            throw ControlError(error)
        }
        let tap = TapPlan(
            name: "dump \(request.name)", purpose: .dump(id), text: request.expression, tree: tree)
        dumpTaps[request.name] = DumpTap(id: id, tap: tap, lostBefore: lostInKernel)
        do {
            try replan()
        } catch {
            dumpTaps[request.name] = nil
            _ = try? await dumpStore.stop(request.name)
            throw ControlError(.invalid, "\(error)")
        }
        lookForUnknownNames()
        await settle()
        note(actor, "dump \(request.name)", from: nil, to: "started: \(request.expression)")
        return try dumpState(request.name)
    }

    /// How long a packet may be under way in the kernel's ring (its blocks retire after 20 ms) and in the worker.
    private static let underWay = Duration.milliseconds(60)

    public func stopDump(_ name: String, by actor: ControlActor) async throws(ControlError) -> DumpState {
        // What passed before the stop was asked for belongs into the file.
        try? await Task.sleep(for: Self.underWay)
        tellDumpsOfLosses()
        do {
            _ = try await dumpStore.stop(name)
        } catch {
            throw ControlError(error)
        }
        dropDumpTap(name)
        note(actor, "dump \(name)", from: "running", to: "stopped")
        return try dumpState(name)
    }

    public func removeDump(_ name: String, by actor: ControlActor) async throws(ControlError) {
        do {
            try dumpStore.remove(name)
        } catch {
            throw ControlError(error)
        }
        note(actor, "dump \(name)", from: "finished", to: "removed")
    }

    public func dumpFiles(_ name: String, by actor: ControlActor) async throws(ControlError) -> [String] {
        do {
            let files = try dumpStore.files(name)
            note(actor, "dump \(name)", from: nil, to: "downloaded")
            return files
        } catch {
            throw ControlError(error)
        }
    }

    /// Takes the taps of dumps out of the plan that have ended by themselves.
    func forgetEndedDumps() {
        let running = Set(dumpStore.list().filter { $0.phase != .finished }.map(\.order.name))
        let ended = dumpTaps.keys.filter { !running.contains($0) }
        guard !ended.isEmpty else { return }
        for name in ended { dumpTaps[name] = nil }
        try? replan()
    }

    /// Ends the dumps that run where all dumps together take more than they may.
    func keepDumpBudget() async {
        guard let budget = document.dumps.budget.value else { return }
        let reports = dumpStore.list()
        guard reports.reduce(0, { $0 + $1.bytes }) > UInt64(budget.bytes) else { return }
        for report in reports where report.phase != .finished {
            _ = try? await dumpStore.stop(
                report.order.name, reason: "all dumps together reached \(budget) (dumps.budget)")
        }
        forgetEndedDumps()
    }

    /// The kernel's losses go into the files of the dumps that were running meanwhile.
    func tellDumpsOfLosses() {
        let lost = lostInKernel
        for tap in dumpTaps.values {
            // Counters begin anew where a source was opened again.
            dumpStore.setLostInKernel(lost > tap.lostBefore ? lost - tap.lostBefore : 0, for: tap.id)
        }
    }

    private var lostInKernel: UInt64 { sources.reduce(0) { $0 + $1.orders.report.counters.dropped } }

    private func dropDumpTap(_ name: String) {
        guard dumpTaps.removeValue(forKey: name) != nil else { return }
        try? replan()
        lookForUnknownNames()
    }

    private func dumpState(_ name: String) throws(ControlError) -> DumpState {
        guard let report = dumpStore.list().first(where: { $0.order.name == name }) else {
            throw ControlError(.notFound, "there is no dump \(name)")
        }
        return DumpState(report)
    }
}

extension DumpState {
    init(_ report: DumpReport) {
        let phase: Phase =
            switch report.phase {
            case .running: .running
            case .finished: .finished
            case .suspended: .suspended
            }
        self.init(
            name: report.order.name, expression: report.order.expression, phase: phase,
            startedBy: report.order.startedBy, startedAt: EventTimes.text(report.order.startedAt))
        reason = report.reason
        endedAt = report.endedAt.map(EventTimes.text)
        packets = report.packets
        bytes = report.bytes
        lost = report.lost
        files = report.files
    }
}

extension ControlError {
    init(_ error: DumpError) {
        let code: Code =
            switch error {
            case .badName, .badLimit: .invalid
            case .exists, .running, .ended: .conflict
            case .unknown: .notFound
            case .tooManyRunning, .tooMany, .closed, .system: .unavailable
            }
        self.init(code, error.description)
    }
}
