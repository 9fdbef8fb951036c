import FuzzDriver
import IPLog
import IPMonitor

// Any text is taken as an ipmon.conf or refused with its line, and what is taken is shown.

private let tables: IPLogTables = {
    var tables = IPLogTables()
    tables.add(protocol: 6, "tcp")
    tables.add(protocol: 17, "udp")
    return tables
}()

@main
enum MonitorTarget {
    static func main() { FuzzDriver.run({ fuzzMonitor($0, $1) }, seeds: writeSeeds) }
}

private func fuzzMonitor(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = [UInt8](UnsafeBufferPointer(start: start, count: count))
    do throws(ConfigurationError) {
        let rules = try ConfigurationParser.rules(text, tables: tables).rules
        for rule in rules {
            precondition(rule.description.hasPrefix("match { "), "a rule is shown")
            precondition(rule.line >= 1 && !rule.actions.isEmpty, "a rule has a line and does something")
        }
    } catch {
        precondition(error.line >= 1 && !error.description.isEmpty, "an error has a line")
        let lines = text.count { $0 == UInt8(ascii: "\n") } + 1
        precondition(error.line <= lines, "an error is in the text")
    }
    return 0
}

private func writeSeeds(into folder: String) {
    let seeds = [
        "match { protocol = udp, result = pass; } do { file(\"file:///a\"); };",
        "# x\nmatch { srcip = 10.0.0.0/8, dstport = 80, every 3 packets; } do { syslog(\"auth.crit\"), nothing };",
        "a = \"b\"; match { type = nat, every second; } do { execute(\"cat\"), save raw \"x\"; };",
    ]
    for (index, seed) in seeds.enumerated() { FuzzDriver.write(Array(seed.utf8), to: "\(folder)/rules-\(index)") }
}
