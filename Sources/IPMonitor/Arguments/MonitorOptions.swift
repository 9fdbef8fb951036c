import IPLog

/// What the command line says, as far as it holds for the whole run.
struct MonitorOptions {
    /// Paths of the units' logs, by unit; "-" is standard input.
    var paths: [String] = IPLogUnit.allCases.map { "\($0.device)" }
    /// Whether a path was named, and not taken by default.
    var isNamed = [false, false, false]
    /// Units that are read; where nothing selects any, the packets'.
    private(set) var selected: Set<IPLogUnit> = []
    /// Units that `-a`, `-o` and `-O` speak of.
    private var letters: Set<IPLogUnit> = []

    var dumpsBody = false
    var dumpsPacket = false
    var dumpsHeader = false
    var isDaemon = false
    var usesSyslog = false
    var follows = false
    var namesHosts = false
    var numericPorts = false
    var showsNumbers = false
    var facility: Int32 = 16 << 3
    var pidFile = "/etc/ipmon.pid"
    var rawFile: String?
    var configuration: String?
    var output: String?
    /// How records stand; nil finds it out.
    var layout: IPLogLayout?

    /// A unit's log is at `path`.
    mutating func read(_ unit: IPLogUnit, from path: String) {
        paths[unit.rawValue] = path
        isNamed[unit.rawValue] = true
        selected.insert(unit)
    }

    mutating func selectAll() {
        letters = Set(IPLogUnit.allCases)
        selected = letters
    }

    /// `-o` and `-O`: what is selected from here on is what the letters say.
    mutating func select(_ units: [IPLogUnit], _ isSelected: Bool) {
        if isSelected {
            letters.formUnion(units)
        } else {
            letters.subtract(units)
        }
        selected = letters
    }

    /// The units to read, in their order.
    var units: [IPLogUnit] {
        selected.isEmpty ? [.filter] : IPLogUnit.allCases.filter { selected.contains($0) }
    }
}
