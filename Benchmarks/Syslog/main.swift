// SyslogBenchmark LINES PORT FORM: sends the lines of a file to a syslog receiver over TCP, as the daemon does, and says
// what that took. FORM is rfc3164, rfc5424, json or cef. The lines are copied into a log of its own first, so that all of
// them wait when the receiver is allowed; `LINES.rec` and `LINES.idx` go with them where they are there.
import Primitives
import Records
import Settings
import SyslogForwarding
import SystemCalls

let arguments = CommandLine.arguments
guard arguments.count == 4, let port = Int(arguments[2]) else { fatalError("SyslogBenchmark LINES PORT FORM") }
let (source, form) = (arguments[1], arguments[3])
let log = source + ".sent"

let format: SyslogFormat = form == "rfc3164" ? .rfc3164 : .rfc5424
let body: SyslogBody = form == "json" ? .json : form == "cef" ? .cef : .text
let sender = SyslogSender(
    log: "debug", gateway: "gateway", host: "gateway", application: "gatelog", format: format, body: body,
    severity: .debug)

func target(isEnabled: Bool) -> SyslogTarget {
    SyslogTarget(
        name: "bench", isEnabled: isEnabled, server: "127.0.0.1", port: port, transport: .tcp,
        logs: [.init(path: log, sender: sender) { 0 }], queue: nil, zone: .utc)
}

func copy(_ from: String, to: String) throws -> UInt64 {
    let input = try FileDescriptor(opening: from, for: .read)
    let output = try FileDescriptor(opening: to, for: .replace)
    var lines: UInt64 = 0
    var buffer = ByteBuffer(capacity: 1 << 20)
    while true {
        buffer.removeAll()
        try buffer.append(atMost: 1 << 20) { room throws(SystemCallError) in try input.read(into: room) }
        if buffer.count == 0 { return lines }
        lines += UInt64(buffer.bytes.count(of: UInt8(ascii: "\n")))
        try output.write(buffer.bytes)
    }
}

for suffix in ["", ".rec", ".idx", ".positions"] { try? Paths.unlink(log + suffix) }
_ = try FileDescriptor(opening: log, for: .replace)
let service = try SyslogService(folder: log + ".state")
service.configure([target(isEnabled: false)], waits: true)
let lines = try copy(source, to: log)
for suffix in [".rec", ".idx"] where (try? Paths.status(source + suffix)) != nil {
    _ = try copy(source + suffix, to: log + suffix)
}

let (wall, processor) = (Clocks.monotonic, Clocks.processorTime)
service.configure([target(isEnabled: true)])
while service.states[0].sent < lines { Clocks.sleep(nanoseconds: 1_000_000) }
let (tookWall, tookProcessor) = (Clocks.monotonic - wall, Clocks.processorTime - processor)
print("\(lines) \(tookWall) \(tookProcessor) \(service.states[0].bytes) \(Machine.residentBytes)")
await service.finish(patience: 3_000_000_000)
