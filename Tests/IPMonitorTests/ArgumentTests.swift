import Foundation
import TestSupport
import Testing

@Suite("ipmon's command line")
struct ArgumentTests {
    private static let packets = Fixtures.path("ipmon/v5-seq.bin")

    private static let usage = "ipmon: [-NFhstvxX] [-f <logfile>]\n"

    @Test(
        "What is no option says so, and how to use it",
        arguments: [
            (["-h"], usage), (["-?"], usage),
            (["-z"], "ipmon: invalid option -- 'z'\n" + usage),
            (["-vz"], "ipmon: invalid option -- 'z'\n" + usage),
            (["-f"], "ipmon: option requires an argument -- 'f'\n" + usage),
            (["-o", "IX"], "Unknown log option X\n"), (["-O", "i"], "Unknown log option i\n"),
            (["-L", "foo"], "Unknown syslog facility 'foo'\n"),
            (["-f", "/nowhere/ipl"], "/nowhere/ipl: open: No such file or directory\n"),
            (["-C", "/nowhere/ipmon.conf"], "load_config:fopen:: No such file or directory\n"),
            (["-N", "/nowhere/a", "-f", "/nowhere/b"], "/nowhere/b: open: No such file or directory\n"),
            (
                ["-l", "2.0"],
                "Unknown log layout '2.0'; there are man, man-netbsd, 3.2, 3.4.0, 3.4, 4.1, 5.0, 5.1\n"
            ),
        ])
    func refusals(_ arguments: [String], _ message: String) {
        let harness = MonitorHarness()
        #expect(harness.run(arguments) == 1)
        #expect(harness.text == message)
    }

    @Test("An output file that cannot be opened")
    func badOutput() {
        let harness = MonitorHarness()
        #expect(harness.run("-f", Self.packets, "/nowhere/out") == 1)
        #expect(harness.text == "/nowhere/out: fopen: No such file or directory\n")
    }

    @Test("A folder is no log")
    func folder() {
        let harness = MonitorHarness()
        #expect(harness.run("-f", "/tmp") == 1)
        #expect(harness.text == "/tmp: open: Is a directory\n")
    }

    @Test(
        "Letters and paths select units",
        arguments: [
            (["-a", "-O", "N"], "IS"), (["-a", "-O", "NS"], "I"), (["-o", "NS"], "NS"), (["-o", "N", "-O", "N"], "I"),
            (["-a"], "INS"), ([], "I"), (["-o", "SI"], "IS"),
        ])
    func selection(_ options: [String], _ units: String) {
        let paths = ["-f", Self.packets, "-N", Self.packets, "-S", Self.packets]
        // Paths select too: they come first, and the letters say anew what is read.
        let harness = MonitorHarness()
        #expect(harness.run(paths + options) == 0)
        let isSelected = options.isEmpty || units.isEmpty
        let wanted = isSelected ? "INS" : units
        #expect(harness.text.contains(" p 192.0.2.1") == wanted.contains("I"))
        #expect(harness.text.contains(" NAT:NEW") == wanted.contains("N"))
        #expect(harness.text.contains(" STATE:NEW") == wanted.contains("S"))
    }

    @Test("A path alone selects its unit and no other")
    func single() {
        let harness = MonitorHarness()
        #expect(harness.run("-N", Self.packets) == 0)
        #expect(harness.text.contains("NAT:NEW") && !harness.text.contains(" p 192.0.2.1"))
    }

    @Test("Operands may stand anywhere; the first is the output file, which is appended to")
    func operands() throws {
        try Fixtures.withTemporaryFolder { folder in
            let path = folder + "/out"
            let harness = MonitorHarness()
            #expect(harness.run(path, "-f", Self.packets, "ignored") == 0)
            #expect(harness.run("-f", Self.packets, "--", path) == 0)
            #expect(harness.text == "")
            let wanted = String(decoding: Fixtures.bytes("ipmon/v5-seq.opt-none.txt"), as: UTF8.self)
                .split(separator: "\n").filter { !$0.contains("NAT") && !$0.lowercased().contains("state") }
                .map { $0 + "\n" }.joined()
            let written = try String(contentsOfFile: path, encoding: .utf8)
            #expect(written == wanted + wanted)
        }
    }

    @Test("-B keeps every whole record of any unit as it was")
    func raw() throws {
        try Fixtures.withTemporaryFolder { folder in
            let path = folder + "/raw"
            #expect(MonitorHarness().run("-B", path, "-f", Self.packets) == 0)
            let kept = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(kept == Data(Fixtures.bytes("ipmon/v5-seq.bin")))
        }
    }

    @Test("-s takes the facility of -L, and writes to no file")
    func facility() throws {
        try Fixtures.withTemporaryFolder { folder in
            let harness = MonitorHarness()
            harness.program = "/usr/sbin/ipmon"
            #expect(harness.run("-s", "-L", "auth", "-f", Self.packets, folder + "/out") == 0)
            #expect(
                harness.text.hasPrefix("openlog ident=ipmon opt=9 fac=32\n<4>missed 5 ipf log entries: 0 5[no-nl]\n"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
        }
    }

    @Test("A full disk ends the run with a sentence")
    func fullDisk() {
        let harness = MonitorHarness()
        harness.console.isBroken = true
        #expect(harness.run("-f", Self.packets) == 1)
        #expect(harness.text == "standard output: write: No space left on device\n")
    }

    @Test("-F says what it cannot open, and stops")
    func flush() {
        let harness = MonitorHarness()
        #expect(harness.run("-f", "/nowhere/ipl", "-F") == 1)
        #expect(harness.text == "/nowhere/ipl: open: No such file or directory\n")
    }

    @Test("-F on what is no device says so and goes on")
    func flushOfFile() throws {
        try Fixtures.withTemporaryFolder { folder in
            let path = folder + "/log"
            try Data().write(to: URL(fileURLWithPath: path))
            let harness = MonitorHarness()
            #expect(harness.run("-f", path, "-N", path, "-S", path, "-F") == 0)
            #expect(harness.text == String(repeating: "SIOCIPFFB: Inappropriate ioctl for device\n", count: 3))
        }
    }
}
