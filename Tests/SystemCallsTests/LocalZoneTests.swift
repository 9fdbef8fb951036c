import Primitives
import TestSupport
import Testing

@testable import SystemCalls

@Suite("Clocks and the zone's file")
struct LocalZoneTests {
    @Test("TZ names a file of the zone folder, or any; nothing climbs out of the folder")
    func paths() {
        #expect(LocalZone.path(of: nil) == "/etc/localtime")
        #expect(LocalZone.path(of: "Europe/Prague") == "/usr/share/zoneinfo/Europe/Prague")
        #expect(LocalZone.path(of: ":Asia/Tokyo") == "/usr/share/zoneinfo/Asia/Tokyo")
        #expect(LocalZone.path(of: ":/srv/zone") == "/srv/zone")
        for utc in ["", ":", "UTC", "UTC0"] { #expect(LocalZone.path(of: utc) == nil) }
        #expect(LocalZone.path(of: "../../etc/passwd") == nil)
    }

    @Test("The kernel is named as uname names it")
    func kernel() throws {
        let release = try Peer.output(of: "uname", ["-sr"]).lines.first.map(String.init)
        #expect(Environment.operatingSystem == release)
    }

    @Test("The clocks run forward")
    func clocks() {
        let (before, worked) = (Clocks.monotonic, Clocks.processorTime)
        #expect(Clocks.wall > Timestamp(seconds: 1_700_000_000))
        #expect(Clocks.monotonic >= before && Clocks.processorTime >= worked)
    }
}
