import ControlMessages
import Expressions
import HostResolution
import LiveCapture
import LogFiles
import Primitives
import Records
import Synchronization
import SystemCalls

/// Writes each connection that ends into the Connection log, and tells the ipl log of those that begin and end.
final class ConnectionThread: Sendable {
    private let stopping = StopFlag()
    private let published: Published
    private let thread: Thread
    let heartbeat: Heartbeat

    init(
        receiveBuffer: Int, log: LogWriter?, ipl: IPLogFeed? = nil, lines: LinePlan,
        services: [String: [ClosedRange<UInt16>]], users: LoginBoard, hosts: HostResolver? = nil
    ) throws {
        var options = ConnectionSource.Options(seed: .random(in: 0 ... .max))
        options.receiveBuffer = receiveBuffer
        let source = Handover(try ConnectionSource(options))
        let stopping = stopping
        let shared = Published()
        published = shared
        let heartbeat = Heartbeat(name: "connections")
        self.heartbeat = heartbeat
        thread = try Thread(name: "connections") {
            guard var source = source.take() else { return }
            defer { heartbeat.rest() }
            Self.serve(&source, log, ipl, lines, services, users, hosts, stopping, shared, heartbeat)
        }
    }

    /// What others may look at.
    private final class Published: Sendable {
        let report = Mutex(WorkerOrders.Report())
    }

    private static func serve(
        _ source: inout ConnectionSource, _ log: LogWriter?, _ ipl: IPLogFeed?, _ lines: LinePlan,
        _ services: [String: [ClosedRange<UInt16>]], _ board: LoginBoard, _ resolver: HostResolver?,
        _ stopping: StopFlag,
        _ published: Published, _ heartbeat: Heartbeat
    ) {
        var producer = log?.producer()
        var recorder = ipl.map { ConnectionRecorder($0) }
        var renderer = ConnectionLineRenderer(
            clock: LineClock(zone: lines.zone, form: lines.milliseconds ? .bracketedMilliseconds : .bracketed))
        var names = PacketNames()
        var hosts = resolver.map { ConnectionHosts($0) }
        var users = ConnectionUsers(board, seed: .random(in: 0 ... .max), &names)
        let services = ServiceNames { port in Self.name(of: port, services) }
        do throws(SourceError) {
            while !stopping.isSet {
                heartbeat.work()
                let batch = try source.nextBatch()
                users.follow(&names)
                if batch == .packets {
                    while var event = source.next() {
                        users.settle(event.kind, &event.record)
                        hosts?.settle(event.kind, &event.record, &names)
                        recorder?.append(event)
                        if event.kind == .destroyed { producer?.append(event.record, names, services, &renderer) }
                    }
                }
                recorder?.endBatch()
                producer?.endBatch()
                if hosts?.endBatch(&names) == true {
                    // Numbers of hosts mean something else from now on: so they do in another producer's blocks.
                    producer = log?.producer()
                }
                let counters = source.counters()
                published.report.withLock { report in
                    report.state = .running
                    report.counters = counters
                }
            }
            published.report.withLock { $0.state = .ended }
        } catch {
            published.report.withLock { $0.state = .failed(error) }
        }
    }

    /// As the lines of the log have it: "HTTP"; names of the administrator's as they stand.
    static func name(of port: UInt16, _ services: [String: [ClosedRange<UInt16>]]) -> String? {
        let own = services.filter { $0.value.contains { $0.contains(port) } }.keys.min()
        return own ?? Services.name(of: port)?.uppercased()
    }

    var state: SourceState { SourceState("connections", published.report.withLock { $0 }) }

    var latest: WorkerOrders.Report { published.report.withLock { $0 } }

    func stop() { stopping.set() }

    func join() { thread.join() }
}
