import CaptureStreams
import Inspection
import Inspectors
import PacketDecoding
import PacketStages
import Primitives
import Records
import Reputation
import Settings
import SystemCalls

/// What `gatelog inspect` was asked to do: networks and lists read, captures in the order of their times.
struct InspectPlan {
    struct Outcome {
        var events = 0
        var damagedFiles = 0
    }

    private let command: InspectCommand
    private let console: Console
    private let surroundings: Surroundings
    private let trusted: [TrustedNetworks]
    private let plan: InspectionPlan
    private let files: [String]

    init(_ command: InspectCommand) throws {
        self.command = command
        let console = Console.current
        self.console = console
        surroundings = try Surroundings(command.names, captures: command.files)
        trusted = try command.trusted.map { try TrustedNetworks(parsing: $0) }
        var plan = InspectionPlan()
        plan.intruders = KnownIntruders(try command.blacklist.map { try Self.list($0, console) })
        (plan.ftpPorts, plan.findsFTPAnywhere) = try Self.ports(command.ftpPorts)
        self.plan = plan
        files = try Self.inOrder(command.files)
    }

    func run() throws -> Outcome {
        let zone = command.utc || surroundings.logs?.utc.value == true ? ZoneTable.utc : .local
        let dialect = command.dialect ?? (surroundings.logs?.dialect.value == .winroute ? .winroute : .control)
        let renderer = SecurityEventRenderer(
            command.json ? .json : .line(dialect), zone: zone,
            milliseconds: command.milliseconds || surroundings.logs?.milliseconds.value == true)
        // The same capture gives the same events each time.
        var sink = InspectSink(
            PacketInspector(plan, seed: 0), renderer, plan, trusted, surroundings, console)
        let pass = CapturePass(surroundings, console, shows: [.hosts, .users])
        let outcome = try pass.run(files, nil, into: &sink)
        if command.stats { console.tell(InspectStatistics.text(sink.counters)) }
        return Outcome(events: sink.events, damagedFiles: outcome.damagedFiles)
    }

    /// The captures by the times of their first packets. Standard input and pipes cannot be looked into beforehand and
    /// stay where they are.
    private static func inOrder(_ files: [String]) throws -> [String] {
        guard files.count > 1, !files.contains("-") else { return files }
        let begins = try files.map { path in
            do throws(CaptureStreamError) {
                var reader = try CaptureReader(path: path)
                return (path: path, time: try reader.next()?.time)
            } catch {
                throw ToolFailure("\(error)")
            }
        }
        return begins.sorted { one, other in
            guard let first = one.time, let second = other.time else { return one.time != nil }
            return first < second
        }.map(\.path)
    }

    private static func list(_ text: String, _ console: Console) throws -> NamedList {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw ToolFailure("--blacklist \(text.escaped) has no name; write --blacklist NAME=FILE")
        }
        let path = String(text[text.index(after: equals)...])
        let bytes: [UInt8]
        do {
            bytes = try Paths.contents(path, limit: 256 << 20)
        } catch {
            throw ToolFailure("the blacklist cannot be read: \(error)")
        }
        let list = AddressList(reading: bytes.span.bytes)
        for fault in list.faults.prefix(5) {
            console.warn("\(path.escaped):\(fault.line): \"\(fault.text.escaped)\" \(fault.reason)")
        }
        if list.faultCount > 5 {
            console.warn("\(path.escaped): and \(HumanNumbers.grouped(list.faultCount - 5)) more lines like these")
        }
        guard !list.entries.isEmpty else {
            throw ToolFailure("\(path.escaped) names no addresses (it was read as \(list.format.rawValue))")
        }
        return NamedList(String(text[..<equals]), .log, list)
    }

    private static func ports(_ text: String) throws -> (Set<UInt16>, Bool) {
        if text == "any" { return ([21], true) }
        let ports = text.split(separator: ",", omittingEmptySubsequences: false).map { UInt16($0) }
        guard !ports.contains(nil), !ports.contains(0) else {
            throw ToolFailure("--ftp-ports \(text.escaped): write ports from 1 to 65535 with commas between, or any")
        }
        return (Set(ports.compactMap(\.self)), false)
    }
}

/// `LAN=10.0.0.0/8,192.168.0.0/16`
struct TrustedNetworks {
    let interface: String
    let networks: [(range: AddressRange, length: Int, text: String)]

    init(parsing text: String) throws {
        guard let equals = text.lastIndex(of: "="), equals != text.startIndex else {
            throw ToolFailure("--trusted \(text.escaped) names no interface; write --trusted LAN=10.0.0.0/8")
        }
        interface = String(text[..<equals])
        networks = try text[text.index(after: equals)...].split(separator: ",").map { part in
            let prefix = String(part)
            let range: AddressRange
            do throws(AddressRangeError) {
                range = try AddressRange(parsing: prefix)
            } catch {
                throw ToolFailure("--trusted \(text.escaped): \(prefix.escaped) \(error)")
            }
            guard let length = range.prefixLength else {
                throw ToolFailure("--trusted \(text.escaped): \(prefix.escaped) is no network; write it as 10.0.0.0/8")
            }
            return (range, length, prefix)
        }
        if networks.isEmpty {
            throw ToolFailure("--trusted \(text.escaped) names no network; write --trusted LAN=10.0.0.0/8")
        }
    }
}
