import LogFiles
import Testing

@Suite("The names of log files")
struct LogFileNamesTests {
    private let names = LogFileNames(log: "debug", in: "/var/log/gatelog/")

    @Test("Every name is found again")
    func roundTrip() {
        func part(_ path: String) -> LogFileNames.Part? {
            names.part(String(path.dropFirst("/var/log/gatelog/".count)))
        }
        #expect(names.live == "/var/log/gatelog/debug.log")
        #expect(part(names.live) == .live)
        #expect(part(names.liveIndex) == .liveIndex)
        #expect(part(names.liveRecords) == .liveRecords)
        for number in [1, 10, 9_999] {
            #expect(part(names.plain(number)) == .plain(number))
            #expect(part(names.compressed(number)) == .compressed(number))
            #expect(part(names.index(number)) == .index(number))
            #expect(part(names.records(number)) == .records(number))
        }
    }

    @Test(
        "Other names are nobody's",
        arguments: [
            "debug", "debug.log.", "debug.log.0", "debug.log.01", "debug.log.-1", "debug.log.+1", "debug.log.10000",
            "debug.log.1.gz", "debug.log.1.zst.partial", "debug.log.1.2.zst", "debug.logger", "filter.log.1",
            ".debug.log.zst.partial", "debug.log.99999999999999999999", "debug.log.x.idx", "",
        ])
    func others(name: String) {
        #expect(names.part(name) == nil)
    }
}
