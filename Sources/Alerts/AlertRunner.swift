import AsyncHTTPClient
public import LogFiles
import Primitives
import Synchronization
public import SystemCalls

/// What an alert did so far.
public struct AlertReport: Hashable, Sendable {
    /// Lines that met its conditions.
    public var matches: UInt64 = 0
    public var delivered: UInt64 = 0
    public var failed: UInt64 = 0
    /// Lines that the rate held back.
    public var heldBack: UInt64 = 0
    /// Lines that were passed over, since it was too far behind.
    public var missed: UInt64 = 0
    /// Why the last message did not arrive; nil where it did.
    public var failure: String?

    public init() {}
}

/// Follows a log for one alert, on a thread of its own, and delivers its messages one after another. What it has not
/// read stays in the files: nothing of a slow receiver grows here. One that is too far behind passes lines over.
public final class AlertRunner: Sendable {
    public let rule: AlertRule
    private let state: Mutex<State>
    private let bell: Bell
    private let places: AlertPlaces
    private let thread: Mutex<Thread?>

    private struct State {
        var report = AlertReport()
        var isStopping = false
        var tests = 0
        /// What was held back and is still to be told, once the thread has ended.
        var gate: AlertGate?
        var client: HTTPClient?
    }

    private final class Bell: Sendable {
        let wakeup: Wakeup

        init() throws(SystemCallError) { wakeup = try Wakeup() }
    }

    /// Bytes that it may be behind.
    /// - Limit: how far an alert may be behind its log | bytes | passed over, and counted
    private static let greatestLag: Int64 = 16 << 20
    /// Lines that are read at once.
    private static let lines = 200

    /// Begins to follow from `place` on, with what `earlier`, which has ended, counted and held back. `slots` bounds how many alerts are delivered at one time.
    public init(
        _ rule: AlertRule, from place: LogPlace?, after earlier: AlertRunner?, places: AlertPlaces, slots: AlertSlots
    ) throws(SystemCallError) {
        self.rule = rule
        self.places = places
        let before = earlier?.state.withLock { $0 }
        var beginning = State()
        beginning.report = before?.report ?? AlertReport()
        beginning.gate = before?.gate
        state = Mutex(beginning)
        bell = try Bell()
        thread = Mutex(nil)
        let started = try Thread(name: "alert \(rule.name)") { [self] in run(from: place, slots) }
        thread.withLock { $0 = started }
    }

    public var report: AlertReport { state.withLock { $0.report } }

    /// Sends a message that only tries the way; the report tells whether it arrived.
    public func sendTest() {
        state.withLock { $0.tests += 1 }
    }

    /// Ends the thread; a program that runs is killed, a request given up. `join` waits for it.
    func stop() {
        let client = state.withLock { state in
            state.isStopping = true
            return state.client
        }
        bell.wakeup.signal()
        try? client?.syncShutdown()
    }

    func join() { thread.withLock { $0 }?.join() }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func run(from place: LogPlace?, _ slots: AlertSlots) {
        var gate = AlertGate(
            rate: rule.rate, burst: rule.burst, at: Clocks.monotonic, after: state.withLock { $0.gate })
        defer { state.withLock { [gate] in $0.gate = gate } }
        var place = place
        while !isStopping {
            do throws(LogReadError) {
                var follower = try LogFollower(
                    LogReader(path: rule.path), rule.selection, from: place, greatestLag: Self.greatestLag)
                try follow(&follower, &gate, slots)
                return
            } catch {
                // The log was cleared, or its folder is gone: it begins anew with what comes.
                place = nil
                if error.reason != .placeGone {
                    state.withLock { $0.report.failure = "its log cannot be read: \(error)" }
                }
                _ = pause(1_000_000_000)
            }
        }
    }

    private func follow(
        _ follower: inout LogFollower, _ gate: inout AlertGate, _ slots: AlertSlots
    ) throws(LogReadError) {
        while !isStopping {
            let found = try follower.next(limit: Self.lines)
            if found.missed > 0 {
                gate.miss(found.missed)
                state.withLock { $0.report.missed += found.missed }
            }
            for line in found.lines {
                // One that is not told any more belongs to whoever goes on from here.
                guard !isStopping, tell(line, &gate, slots) else { return }
                places.set(line.next, of: rule)
            }
            if found.lines.isEmpty, let place = found.next { places.set(place, of: rule) }
            if takeTest() {
                var test = AlertEvent(line: nil)
                test.isTest = true
                _ = deliver(test, slots)
            }
            if let digest = gate.digest(at: Clocks.monotonic), !deliver(digest, slots) { gate.take(back: digest) }
            if !found.more { follower.wait(milliseconds: 200) }
        }
    }

    /// Tells of a line, or holds it back; false where it is still to be told.
    private func tell(_ line: LogLines.Line, _ gate: inout AlertGate, _ slots: AlertSlots) -> Bool {
        let record = line.record.map { String(decoding: $0, as: UTF8.self) }
        guard let event = gate.take(AlertLine(text: line.string, record: record), at: Clocks.monotonic) else {
            state.withLock { state in
                state.report.matches += 1
                state.report.heldBack += 1
            }
            return true
        }
        guard deliver(event, slots) else {
            gate.take(back: event)
            return false
        }
        state.withLock { $0.report.matches += 1 }
        return true
    }

    private func takeTest() -> Bool {
        state.withLock { state in
            guard state.tests > 0 else { return false }
            state.tests -= 1
            return true
        }
    }

    /// Delivers a message, whether it arrives or not; false where the runner was stopped meanwhile.
    private func deliver(_ event: AlertEvent, _ slots: AlertSlots) -> Bool {
        let message = AlertMessage(alert: rule.name, gateway: rule.gateway, log: rule.log, event: event)
        guard slots.take(unless: { self.isStopping }) else { return false }
        defer { slots.free() }
        do throws(AlertError) {
            switch rule.delivery {
            case .command(let order):
                guard try CommandDelivery(order: order).deliver(message, stop: bell.wakeup) else { return false }
            case .webhook(let order):
                let client = try client(order)
                try WebhookDelivery(order: order).deliver(message, by: client) { self.pause($0) }
            }
            state.withLock { state in
                state.report.delivered += 1
                state.report.failure = nil
            }
            return true
        } catch {
            return state.withLock { state in
                guard !state.isStopping else { return false }
                state.report.failed += 1
                state.report.failure = error.description
                return true
            }
        }
    }

    private func client(_ order: WebhookOrder) throws(AlertError) -> HTTPClient {
        if let client = state.withLock({ $0.client }) { return client }
        let client = try WebhookDelivery.client(order)
        state.withLock { $0.client = client }
        return client
    }

    /// Waits that long; false where the runner is stopped.
    private func pause(_ nanoseconds: Int64) -> Bool {
        if !isStopping { bell.wakeup.wait(nanoseconds: nanoseconds) }
        return !isStopping
    }
}
