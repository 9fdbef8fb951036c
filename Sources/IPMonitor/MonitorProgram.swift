import IPLog
import Primitives
import SystemCalls

/// ipmon from its command line to its exit status.
public final class MonitorProgram {
    private let surroundings: MonitorSurroundings
    private var options = MonitorOptions()
    private var raw: RawOutput?
    private var rules: ConfigurationFile?
    private var tables: IPLogTables?

    /// A message for standard error and the exit status that goes with it.
    private struct Stop: Error {
        var lines: [String]
        var status: Int32 = 1

        init(_ lines: String...) { self.lines = lines }
    }

    /// Runs with this process's arguments and machine, and ends it.
    public static func main() -> Never {
        let program = CommandLine.arguments.first ?? "ipmon"
        let status = MonitorProgram(.ofMachine(program: program)).run(Array(CommandLine.arguments.dropFirst()))
        Processes.end(status)
    }

    public init(_ surroundings: MonitorSurroundings) { self.surroundings = surroundings }

    /// Runs with `arguments`, those behind the program's name, and returns the exit status.
    public func run(_ arguments: [String]) -> Int32 {
        do throws(Stop) {
            try read(arguments)
            if options.showsNumbers { rules?.rules.forEach { print("\($0)\n") } }
            return try watch()
        } catch {
            for line in error.lines { surroundings.console.report(line) }
            return error.status
        }
    }

    private static let scanner = OptionScanner(flags: "?abDFhnpstvxX", values: "BCfILlNoOPS")

    private var usage: String { "\(surroundings.program): [-NFhstvxX] [-f <logfile>]" }

    /// Options take effect one after the other: some do something at once.
    private func read(_ arguments: [String]) throws(Stop) {
        for item in Self.scanner.items(arguments) {
            switch item {
            case .flag(let letter): try take(letter)
            case .value(let letter, let value): try take(letter, value)
            case .operand(let path): options.output = options.output ?? path
            case .unknown(let letter):
                throw Stop("\(surroundings.program): invalid option -- '\(letter)'", usage)
            case .missing(let letter):
                throw Stop("\(surroundings.program): option requires an argument -- '\(letter)'", usage)
            }
        }
    }

    private func take(_ letter: Character) throws(Stop) {
        switch letter {
        case "a": options.selectAll()
        case "b": options.dumpsBody = true
        case "D": options.isDaemon = true
        case "F": try flush()
        case "n": options.namesHosts = true
        case "p": options.numericPorts = true
        case "s": options.usesSyslog = true
        case "t": options.follows = true
        case "v": options.showsNumbers = true
        case "x": options.dumpsPacket = true
        case "X": options.dumpsHeader = true
        default: throw Stop(usage)
        }
    }

    private func take(_ letter: Character, _ value: String) throws(Stop) {
        switch letter {
        case "B":
            options.rawFile = value
            raw = RawOutput(value)
        case "C":
            options.configuration = value
            try load(value)
        case "f", "I": options.read(.filter, from: value)
        case "N": options.read(.translation, from: value)
        case "S": options.read(.state, from: value)
        case "o": options.select(try units(value), true)
        case "O": options.select(try units(value), false)
        case "P": options.pidFile = value
        case "l":
            guard let layout = IPLogLayout(name: value) else {
                let names = IPLogLayout.allCases.map { "\($0.name)" }.joined(separator: ", ")
                throw Stop("Unknown log layout '\(value)'; there are \(names)")
            }
            options.layout = layout
        default:
            guard let facility = SyslogNames.facility(value) else { throw Stop("Unknown syslog facility '\(value)'") }
            options.facility = facility
        }
    }

    private func units(_ letters: String) throws(Stop) -> [IPLogUnit] {
        var units: [IPLogUnit] = []
        for letter in letters {
            guard let byte = letter.asciiValue, let unit = IPLogUnit.allCases.first(where: { $0.letter == byte }) else {
                throw Stop("Unknown log option \(letter)")
            }
            units.append(unit)
        }
        return units
    }

    private func load(_ path: String) throws(Stop) {
        let tables = surroundings.tables()
        self.tables = tables
        let file: ConfigurationFile
        do {
            file = try ConfigurationFile.load(path, tables: tables)
        } catch {
            throw Stop("\(error)")
        }
        rules = file
        for note in file.notes { surroundings.console.report(note) }
    }

    /// `-F`: throws away what waits in the three devices, as far as they are named by now.
    private func flush() throws(Stop) {
        for unit in IPLogUnit.allCases {
            let path = devicePath(unit)
            do throws(SystemCallError) {
                let bytes = try RecordFlush.flush(path)
                print("\(bytes) bytes flushed from log buffer\n")
                guard bytes > 0, options.usesSyslog else { continue }
                surroundings.syslog.send("\(bytes) bytes flushed from log\n", priority: 6)
            } catch {
                guard error.call != "SIOCIPFFB" else {
                    surroundings.console.report("SIOCIPFFB: \(error.errno)")
                    continue
                }
                throw Stop("\(path): open: \(error.reason)")
            }
        }
    }

    /// Where no name was given and there is no device, the daemon's socket stands for it.
    private func devicePath(_ unit: IPLogUnit) -> String {
        let path = options.paths[unit.rawValue]
        guard !options.isNamed[unit.rawValue] else { return path }
        return LogSource.defaultPath(unit, device: path)
    }

    private func print(_ text: String) {
        try? surroundings.console.write(text.utf8Span.span.bytes)
    }

    /// Opens everything and reads to the end.
    private func watch() throws(Stop) -> Int32 {
        let sources = try openSources()
        let actions = rules.map { MonitorActions($0, surroundings) }
        let monitor: LogMonitor
        do {
            monitor = try LogMonitor(options, surroundings, raw: raw, actions: actions)
        } catch {
            throw Stop("\(options.output ?? "standard output"): fopen: \(error.errno)")
        }
        if options.usesSyslog || actions?.usesSyslog == true {
            let name = surroundings.program.split(separator: "/").last.map(String.init) ?? surroundings.program
            surroundings.syslog.open(name: name, facility: options.facility)
        }
        // A command of a rule need not read what it is given.
        if actions != nil { Signals.ignoreBrokenPipe() }
        try becomeDaemon()
        do {
            return try monitor.watch(sources)
        } catch {
            throw Stop("\(surroundings.program): \(error)")
        }
    }

    private func openSources() throws(Stop) -> [LogSource] {
        var sources: [LogSource] = []
        for unit in options.units {
            let path = devicePath(unit)
            do {
                sources.append(try LogSource(unit, path, options.layout))
            } catch {
                throw Stop("\(options.paths[unit.rawValue]): open: \(error.errno)")
            }
        }
        return sources
    }

    /// `-D` counts only where something is left to write to.
    private func becomeDaemon() throws(Stop) {
        guard options.isDaemon, options.usesSyslog || options.output != nil else { return }
        do {
            try Processes.becomeDaemon(quietly: options.usesSyslog)
        } catch {
            throw Stop("\(surroundings.program): \(error.call)() failed: \(error.errno)")
        }
        do {
            let file = try FileDescriptor(opening: options.pidFile, for: .replace, permissions: 0o644)
            try file.write("\(Processes.current)".utf8Span.span.bytes)
        } catch {
            // As with the original: who cannot write it runs all the same.
        }
    }
}
