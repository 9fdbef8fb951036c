import IPLog
import IPLogDevice

// Offers the three units and writes the records that its standard input asks for, a line each:
//
//     packet COUNT new|same    COUNT packets that differ, or that are the same
//     paced COUNT RATE         COUNT packets of 150 bytes that differ, RATE a second
//     nat COUNT, state COUNT
//     counts                   prints what became of the records of each unit
//
// As character devices, or with a folder as its argument as sockets there; a second argument is the limit in bytes. For
// the test of the devices in a guest and for measurements: small, and without Foundation.

let arguments = CommandLine.arguments
let limit = arguments.count > 2 ? Int(arguments[2]) ?? 0 : RecordQueue.standardLimit
let queues = [
    UnitQueue(.filter, limit: limit, layout: .v51), UnitQueue(.translation, limit: limit, layout: .v51),
    UnitQueue(.state, limit: RecordQueue.limits.upperBound, layout: .v51),
]

do {
    let kind: RecordDevice.Kind = arguments.count > 1 ? .socket : .device
    let folder = arguments.count > 1 ? arguments[1] : "/run"
    let device = try RecordDevice(queues, RecordDevice.Options(kind: kind, folder: folder))
    say("ready")
    var writer = RecordWriter(queues)
    while let line = readLine() {
        let words = line.split(separator: " ")
        let count = words.count > 1 ? Int(words[1]) ?? 0 : 0
        switch words.first {
        case "packet": writer.writePackets(count, areNew: words.last == "new")
        case "paced": writer.writePaced(count, perSecond: Int(words.last ?? "") ?? 1)
        case "nat": writer.writeTranslations(count)
        case "state": writer.writeStates(count)
        case "counts":
            for state in device.states {
                let counts = state.counts
                say(
                    "counts \(state.path) written \(counts.written) read \(counts.read) merged \(counts.merged) "
                        + "dropped \(counts.dropped) flushed \(counts.flushed) waiting \(state.used)")
            }
        default: say("what is \(line)?")
        }
    }
    device.stop()
} catch {
    say("failed: \(error)")
}
