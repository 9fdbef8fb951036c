import ArgumentParser
import ControlClient
import ControlMessages
import ControlTestSupport
import Foundation
import Testing

@testable import CommandLineTool

@Suite("Commands that ask a daemon")
struct DaemonCommandTests {
    private static func run(_ gateway: Gateway, _ arguments: String...) async throws -> CommandRun {
        try await CommandRun.run(arguments + ["--socket", gateway.client.socket])
    }

    @Test("Packet logging: set, shown, refused with the place, ended")
    func packetLog() async throws {
        try await Gateway.with { gateway async throws in
            let set = try await Self.run(gateway, "packet-log", "port = 80")
            #expect(set.status == 0)
            #expect(set.output.hasPrefix("Packet logging: port = 80\nPackets of port = 80.\n"))
            let shown = try await Self.run(gateway, "packet-log", "--json")
            #expect(shown.output.contains(#""expression":"port = 80""#))
            let refused = try await Self.run(gateway, "packet-log", "nonsense")
            #expect(refused.status == 2)
            #expect(refused.errors == "error: the daemon refuses it\n1:1: this is no expression\n  nonsense\n  ^\n")
            let off = try await Self.run(gateway, "packet-log", "--off")
            #expect(off.output.hasPrefix("Packet logging is off."))
            #expect(await gateway.engine.calls == ["packet-log port = 80", "packet-log nonsense", "packet-log off"])
        }
    }

    @Test("Dumps: from the start to the file")
    func dumps() async throws {
        try await Gateway.with { gateway async throws in
            let started = try await Self.run(gateway, "dump", "start", "office", "port = 80", "--max-size", "1MB")
            #expect(started.status == 0)
            let again = try await Self.run(gateway, "dump", "start", "office", "port = 80")
            #expect(again.status == 2)
            #expect(again.errors.contains("already"))
            let listed = try await Self.run(gateway, "dump", "list")
            #expect(listed.output.contains("office  running  port = 80"))
            let bytes = [UInt8](repeating: 7, count: 700_000)
            let file = try gateway.file("a", bytes)
            await gateway.engine.change { $0.dumpPaths = [file] }
            #expect(try await Self.run(gateway, "dump", "stop", "office").status == 0)
            let target = gateway.folder.appendingPathComponent("office.pcapng").path
            let fetched = try await Self.run(gateway, "dump", "download", "office", "-o", target)
            #expect(fetched.status == 0)
            #expect(FileManager.default.contents(atPath: target) == Data(bytes))
            #expect(fetched.errors == "\(target): 700 kB\n")
            let missing = gateway.folder.appendingPathComponent("missing.pcapng").path
            let none = try await Self.run(gateway, "dump", "download", "missing", "-o", missing)
            #expect(none.status == 2)
            #expect(none.errors == "error: there is no dump \"missing\"\n")
            #expect(!FileManager.default.fileExists(atPath: missing))
            #expect(try await Self.run(gateway, "dump", "remove", "office").output == "The dump office is gone.\n")
            #expect(try await Self.run(gateway, "dump", "list").output.hasPrefix("There are no dumps."))
        }
    }

    @Test("Settings: shown, changed, changed back")
    func settings() async throws {
        try await Gateway.with { gateway async throws in
            #expect(try await Self.run(gateway, "settings", "show").output == "logs.debug.keep: 8\n")
            let set = try await Self.run(gateway, "settings", "set", "logs.debug.keep", "12")
            #expect(set.output.contains("logs.debug.keep  12     changed by "))
            #expect(try await Self.run(gateway, "settings", "unset", "logs.debug.keep").output.contains("default"))
            let wrong = try await Self.run(gateway, "settings", "set", "logs.debug.kept", "12")
            #expect(wrong.status == 2)
            #expect(try await Self.run(gateway, "settings", "show", "nothing").status == 1)
        }
    }

    @Test("Interfaces, lists and status speak JSON, one object a line")
    func json() async throws {
        try await Gateway.with { gateway async throws in
            let interface = InterfaceState(
                name: "LAN", device: "eth1", index: 3, kind: "ethernet", trusted: true, isUp: true, isCaptured: true)
            await gateway.engine.change {
                $0.interfaceStates = [interface, interface]
                $0.listStates = [AddressListState(name: "office", ranges: 4)]
            }
            let commands: [(words: [String], lines: Int)] = [
                (["interface", "list"], 2), (["list", "list"], 1), (["list", "show", "office"], 1), (["status"], 1),
                (["settings", "show"], 1), (["dump", "list"], 0), (["packet-log"], 1),
            ]
            for (words, count) in commands {
                let run = try await CommandRun.run(words + ["--json", "--socket", gateway.client.socket])
                let lines = run.output.split(separator: "\n")
                #expect(lines.count == count, "\(words)")
                for line in lines {
                    #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
                }
            }
        }
    }

    @Test("Nobody there: what is wrong, where it looked, what to do")
    func nobody() async throws {
        let folder = "/tmp/gatelog-\(UUID().uuidString)"
        let run = try await CommandRun.run(["status", "--home", folder])
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(
            run.errors == """
                error: no daemon listens at \(folder)/run/api.sock: start it with `gatelog run`, or say where it is \
                with --home DIR or --socket PATH

                """)
    }

    @Test("What the daemon's program is given is what was typed")
    func daemonArguments() throws {
        let command = try RunCommand.parse([
            "--home", "/srv/gatelog", "--settings", "a.yaml", "--replay", "x.pcap", "--speed", "0", "--console",
            "--no-page",
        ])
        #expect(
            command.daemonArguments == [
                "--home", "/srv/gatelog", "--settings", "a.yaml", "--replay", "x.pcap", "--speed", "0.0", "--console",
            ])
        #expect(throws: (any Error).self) { try RunCommand.parse(["--speed", "2"]) }
        #expect(throws: (any Error).self) { try RunCommand.parse(["--replay", "x", "--interface", "eth0"]) }
    }
}
