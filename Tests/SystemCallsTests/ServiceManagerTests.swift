import CLinux
import SystemCalls
import TestSupport
import Testing

@Suite("The service manager")
struct ServiceManagerTests {
    private func manager(_ variables: [String: String], processID: Int32 = 7) -> ServiceManager? {
        ServiceManager({ variables[$0] }, processID: processID)
    }

    @Test("Without a socket in the environment nobody manages us")
    func nobody() {
        #expect(manager([:]) == nil)
        #expect(manager(["NOTIFY_SOCKET": ""]) == nil)
    }

    @Test("A watchdog is believed where it is ours and a number")
    func watchdog() {
        func watchdog(_ time: String?, _ process: String? = nil) -> Int64? {
            var variables = ["NOTIFY_SOCKET": "/run/notify"]
            variables["WATCHDOG_USEC"] = time
            variables["WATCHDOG_PID"] = process
            return manager(variables)?.watchdog
        }
        #expect(watchdog("60000000") == 60_000_000_000)
        #expect(watchdog("60000000", "7") == 60_000_000_000)
        #expect(watchdog("60000000", "8") == nil)
        #expect(watchdog("60000000", "seven") == nil)
        for wrong in [nil, "", "0", "-1", "1e6", "9223372036854775807", "99999999999999999999"] {
            #expect(watchdog(wrong) == nil, "\(wrong ?? "nothing")")
        }
    }

    @Test("Each thing to tell is a datagram's line")
    func telling() throws {
        try Fixtures.withTemporaryFolder { folder in
            let listener = try Socket(domain: AF_UNIX, type: Int32(SOCK_DGRAM.rawValue))
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array("\(folder)/notify".utf8)) }
            try listener.bind(to: address)
            let manager = try #require(self.manager(["NOTIFY_SOCKET": "\(folder)/notify"]))
            func told(_ states: ServiceManager.State...) throws -> String {
                for state in states { try manager.tell(state) }
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = try buffer.withUnsafeMutableBytes { try listener.receive(into: $0, waits: false) }
                return String(decoding: buffer.prefix(count ?? 0), as: UTF8.self)
            }
            #expect(try told(.ready) == "READY=1")
            #expect(try told(.alive) == "WATCHDOG=1")
            #expect(try told(.stopping) == "STOPPING=1")
            #expect(try told(.status("one\nREADY=1\r\ntwo")) == "STATUS=one READY=1 two")
            let reloading = try told(.reloading).split(separator: "\n")
            #expect(reloading.first == "RELOADING=1")
            #expect(reloading.last?.hasPrefix("MONOTONIC_USEC=") == true)
        }
    }

    @Test("A manager that is gone, and a name that fits no address, are errors with the place")
    func errors() throws {
        func failure(_ socket: String) throws -> String {
            let manager = try #require(self.manager(["NOTIFY_SOCKET": socket]))
            do {
                try manager.tell(.ready)
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(try failure("/nowhere/notify") == "/nowhere/notify: No such file or directory (connect)")
        #expect(try failure("@gatelog-nobody") == "@gatelog-nobody: Connection refused (connect)")
        let long = "/" + String(repeating: "n", count: 107)
        #expect(try failure(long) == "\(long): File name too long (connect)")
    }
}

@Suite("Heartbeats")
struct HeartbeatTests {
    @Test("Work that goes on is silence, and so is a wait that should be over")
    func silence() {
        let heart = Heartbeat(name: "worker")
        #expect(heart.silence(at: .max) == 0)
        let before = Clocks.monotonic
        heart.work()
        let after = Clocks.monotonic
        #expect(heart.silence(at: before + 1_000_000_000) <= 1_000_000_000)
        #expect(heart.silence(at: after + 1_000_000_000) >= 1_000_000_000)
        #expect(heart.silence(at: 0) == 0)
        heart.rest(until: 1_000)
        #expect(heart.silence(at: 1_000) == 0)
        #expect(heart.silence(at: 1_500) == 500)
        heart.rest()
        #expect(heart.silence(at: .max) == 0)
    }
}
