import Primitives
import SystemCalls
import Users

/// What the server's thread owns: the sockets, the service, and what is due when.
struct AccountingLoop: ~Copyable {
    /// Memory in the kernel for datagrams that wait.
    private static let receiveBuffer: Int32 = 4 << 20
    /// Datagrams that are taken from a socket before changes are handed over.
    private static let batch = 256
    private static let reportInterval: Int64 = 200_000_000
    private static let expiryInterval: Int64 = 5_000_000_000
    private static let retryInterval: Int64 = 3_000_000_000

    private final class Listener {
        let socket: DatagramSocket
        let address: IPAddress?
        let place: String

        init(_ address: IPAddress?, _ port: UInt16, receiveBuffer: Int32) throws(SystemCallError) {
            socket = try DatagramSocket(address: address, port: port, receiveBuffer: receiveBuffer)
            self.address = address
            switch address {
            case nil: place = "all addresses, port \(port)"
            case .v4(let address)?: place = "\(IPAddress.v4(address)):\(port)"
            case .v6(let address)?: place = "[\(IPAddress.v6(address))]:\(port)"
            }
        }
    }

    private var configuration: AccountingServer.Configuration
    private var service: AccountingService
    private var listeners: [Listener] = []
    private var problem: String?
    private var request = ByteBuffer(capacity: RadiusPacket.longest + 1)
    private var response = ByteBuffer(capacity: RadiusPacket.longest)
    /// Datagrams that sockets lost which are closed by now.
    private var droppedBefore: UInt64 = 0
    private var reportDue: Int64 = 0
    private var expiryDue: Int64 = 0
    private var retryDue: Int64 = .max

    init(_ configuration: AccountingServer.Configuration, seed: UInt64) {
        self.configuration = configuration
        service = AccountingService(configuration.policy, seed: seed)
    }

    /// Takes over settings; binds anew where they want to listen elsewhere.
    mutating func configure(_ next: AccountingServer.Configuration) {
        let isElsewhere = next.addresses != configuration.addresses || next.port != configuration.port
        configuration = next
        service.configure(next.clients, next.policy, at: Clocks.wall)
        if isElsewhere {
            droppedBefore = listeners.reduce(droppedBefore) { $0 + $1.socket.dropped }
            listeners = []
        }
        listen()
        reportDue = 0
    }

    /// Waits for datagrams, an end of the wait or what is due, and takes what came.
    mutating func turn(wakeup: Int32) {
        var poll = Poll(readable: wakeup)
        for listener in listeners { poll.add(listener.socket.number, for: .readable) }
        do {
            _ = try poll.wait(milliseconds: 200)
        } catch {
            problem = "waiting for packets failed: \(error)"
            Clocks.sleep(nanoseconds: 100_000_000)
        }
        for index in listeners.indices where !poll[index + 1].isEmpty {
            Self.take(from: listeners[index], &service, &request, &response)
        }
        let now = Clocks.monotonic
        if now >= retryDue { listen() }
        if now >= expiryDue {
            expiryDue = now + Self.expiryInterval
            service.expire(at: Clocks.wall)
        }
    }

    mutating func takeChanges() -> [LoginChange] { service.takeChanges() }

    /// The report, where the last one is old.
    mutating func dueReport() -> AccountingReport? {
        let now = Clocks.monotonic
        guard now >= reportDue else { return nil }
        reportDue = now + Self.reportInterval
        var report = service.report
        report.listening = listeners.map(\.place)
        report.problem = problem
        report.dropped = listeners.reduce(droppedBefore) { $0 + $1.socket.dropped }
        return report
    }

    private static func take(
        from listener: Listener, _ service: inout AccountingService, _ request: inout ByteBuffer,
        _ response: inout ByteBuffer
    ) {
        let now = Clocks.wall
        for _ in 0..<batch {
            do {
                guard let ends = try listener.socket.receive(into: &request, most: RadiusPacket.longest) else { return }
                // What is longer than any packet is judged by the part that is there: its header says so.
                if service.receive(request.bytes, from: ends.address, port: ends.port, at: now, response: &response) {
                    _ = listener.socket.answer(ends, response.bytes)
                }
            } catch {
                // Something of the network's, like an interface that went down: the socket goes on.
                return
            }
        }
    }

    /// Opens what the settings want and is not open yet; what cannot be opened is tried again.
    private mutating func listen() {
        problem = nil
        retryDue = .max
        let wanted: [IPAddress?] = configuration.addresses.map { $0.map { .some($0) } } ?? [nil]
        for address in wanted where !listeners.contains(where: { $0.address == address }) {
            do throws(SystemCallError) {
                listeners.append(try Listener(address, configuration.port, receiveBuffer: Self.receiveBuffer))
            } catch {
                problem = "\(error)"
                retryDue = Clocks.monotonic + Self.retryInterval
            }
        }
    }
}
