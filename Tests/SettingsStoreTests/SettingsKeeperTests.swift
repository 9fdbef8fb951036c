import Foundation
import Settings
import SystemCalls
import TestSupport
import Testing

@testable import SettingsStore

/// Writes `text` to a file under `folder`, whose folders are made.
func write(_ text: String, to path: String) throws {
    let url = URL(fileURLWithPath: path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
}

let jane = SettingsChangeNote(who: "jane", when: "2026-11-21T10:00:00Z", from: "unix socket, pid 4711")
let john = SettingsChangeNote(who: "john", when: "2026-11-22T10:00:00Z", from: "10.0.0.5")

@Suite("Settings on disk")
struct SettingsKeeperTests {
    @Test("A change holds at once, after a restart, and says who made it")
    func change() throws {
        try Fixtures.withTemporaryFolder { home in
            try write("gateway: fw1\nlogs: { keep: 10, budget: 2 GiB }\n", to: "\(home)/etc/gatelog.yaml")
            let keeper = SettingsKeeper(home: home)
            #expect(try keeper.load().version == 0)
            _ = try keeper.apply(.set(try SettingsKey(parsing: "logs.debug.keep"), yaml: "20"), by: jane)
            let changed = try keeper.apply(
                .setText(try SettingsKey(parsing: "packet_log.expression"), "!(port = 53) # x"), by: john)
            #expect(changed.version == 2)
            let again = try SettingsKeeper(home: home).load()
            for settings in [changed, again] {
                #expect(settings.version == 2)
                #expect(settings.warnings.isEmpty)
                #expect(settings.document.logs[.debug].keep.value == 20)
                #expect(settings.document.logs[.filter].keep.value == 10)
                #expect(settings.document.packetLog.expression.value == "!(port = 53) # x")
                let origins = ["logs.debug.keep", "packet_log.expression", "logs.filter.keep", "logs.utc"].map { key in
                    (try? SettingsKey(parsing: key)).flatMap { settings.document.origin(of: $0)?.description }
                }
                #expect(
                    origins == [
                        "changed by jane, 2026-11-21T10:00:00Z (version 1)",
                        "changed by john, 2026-11-22T10:00:00Z (version 2)",
                        "gatelog.yaml:2:15", "default",
                    ])
            }
            // The administrator's file is as it was.
            #expect(
                try Paths.contents("\(home)/etc/gatelog.yaml")
                    == Array("gateway: fw1\nlogs: { keep: 10, budget: 2 GiB }\n".utf8))
            #expect(try keeper.history().map(\.what) == ["set packet_log.expression", "set logs.debug.keep"])
            #expect(try keeper.history().map(\.note) == [john, jane])
        }
    }

    @Test("A change that is wrong changes nothing and says everything")
    func refused() throws {
        try Fixtures.withTemporaryFolder { home throws in
            let keeper = SettingsKeeper(home: home)
            let refusal = #expect(throws: SettingsStoreError.self) {
                try keeper.apply(.set(try SettingsKey(parsing: "logs.debug"), yaml: "{ kep: 5, size: 5 }"), by: jane)
            }
            #expect(
                refusal?.description == """
                    logs.debug:1:3: there is no "kep" in debug; did you mean keep?
                    logs.debug:1:17: "5" for size; write a size from 64 KiB to 1 TiB with its unit, like 100 MiB, or none
                    """)
            #expect(try Paths.status("\(home)/state/settings") == nil)
            #expect(try keeper.load().version == 0)
        }
    }

    @Test("Taking back what nobody changed is an error; taking back the last change leaves nothing")
    func unset() throws {
        try Fixtures.withTemporaryFolder { home in
            let keeper = SettingsKeeper(home: home)
            let key = try SettingsKey(parsing: "logs.debug.keep")
            let refusal = #expect(throws: SettingsStoreError.self) { try keeper.apply(.unset(key), by: jane) }
            #expect(refusal?.description.hasPrefix("logs.debug.keep:1:1: nothing was changed here") == true)
            _ = try keeper.apply(.set(key, yaml: "7"), by: jane)
            let after = try keeper.apply(.unset(key), by: john)
            #expect(after.document.logs[.debug].keep.value == 30)
            #expect(after.version == 2)
            #expect(try SettingsKeeper(home: home).load().document.origin(of: key) == .standard)
        }
    }

    @Test(
        "A file that is being edited does not disturb a change; a reload says what is wrong, and the old settings hold")
    func edited() throws {
        try Fixtures.withTemporaryFolder { home in
            try write("logs: { keep: 5 }\n", to: "\(home)/etc/gatelog.yaml")
            let keeper = SettingsKeeper(home: home)
            try keeper.load()
            try write("logs: { keep: x }\n", to: "\(home)/etc/gatelog.yaml")
            let changed = try keeper.apply(.set(try SettingsKey(parsing: "logs.size"), yaml: "1 GiB"), by: jane)
            #expect(changed.document.logs.files.keep.value == 5)
            let refusal = #expect(throws: SettingsStoreError.self) { try keeper.load() }
            #expect(refusal?.description.hasPrefix("\(home)/etc/gatelog.yaml:1:15: \"x\" for keep") == true)
            #expect(keeper.stored?.document.logs.files.size.value == .gibibytes(1))
            #expect(keeper.stored?.document.logs.files.keep.value == 5)
        }
    }

    @Test("A named file must be there; the one of the home may be missing")
    func missing() throws {
        try Fixtures.withTemporaryFolder { home throws in
            #expect(try SettingsKeeper(home: home).load().document.gateway.value == nil)
            let missing = #expect(throws: SettingsStoreError.self) {
                try SettingsKeeper(home: home, file: "\(home)/other.yaml").load()
            }
            #expect(missing?.description == "\(home)/other.yaml: No such file or directory (open)")
        }
    }

    @Test("Of torn versions the one before is used, and said; a newer program's is refused")
    func versions() throws {
        try Fixtures.withTemporaryFolder { home in
            let keeper = SettingsKeeper(home: home)
            let key = try SettingsKey(parsing: "logs.keep")
            for keep in 1...3 { _ = try keeper.apply(.set(key, yaml: "\(keep)"), by: jane) }
            let third = "\(home)/state/settings/000003.yaml"
            let whole = String(decoding: try Paths.contents(third), as: UTF8.self)
            for torn in ["", String(whole.dropLast(3)), String(repeating: "\0", count: 100), "logs: { keep: 9 }\n"] {
                try write(torn, to: third)
                let loaded = try SettingsKeeper(home: home).load()
                #expect(loaded.document.logs.files.keep.value == 2)
                #expect(
                    loaded.warnings == [
                        "\(third): this version of the changes is not whole, the one before it is used"
                    ])
            }
            // The torn one is passed over by the next change.
            let fresh = SettingsKeeper(home: home)
            try fresh.load()
            #expect(try fresh.apply(.set(key, yaml: "4"), by: jane).version == 4)
            #expect(try SettingsKeeper(home: home).load().document.logs.files.keep.value == 4)

            try write(
                whole.replacingOccurrences(of: "format 1", with: "format 2"), to: "\(home)/state/settings/000005.yaml")
            let newer = #expect(throws: SettingsStoreError.self) { try SettingsKeeper(home: home).load() }
            #expect(newer?.description.contains("000005.yaml: written by a newer Gatelog (form 2") == true)
        }
    }

    @Test("Two that change the same settings do not overwrite each other")
    func overtaken() throws {
        try Fixtures.withTemporaryFolder { home in
            let (one, other) = (SettingsKeeper(home: home), SettingsKeeper(home: home))
            try one.load()
            try other.load()
            let key = try SettingsKey(parsing: "logs.keep")
            _ = try one.apply(.set(key, yaml: "1"), by: jane)
            let refusal = #expect(throws: SettingsStoreError.self) { try other.apply(.set(key, yaml: "2"), by: john) }
            #expect(refusal == .overtaken(path: "\(home)/state/settings/000001.yaml"))
            try other.load()
            #expect(try other.apply(.set(key, yaml: "2"), by: john).version == 2)
        }
    }

    @Test("What was prepared is not written before it is committed, and only over what it was prepared for")
    func prepared() throws {
        try Fixtures.withTemporaryFolder { home in
            let keeper = SettingsKeeper(home: home)
            let key = try SettingsKey(parsing: "logs.keep")
            let first = try keeper.prepare(.set(key, yaml: "1"), by: jane)
            let second = try keeper.prepare(.set(key, yaml: "2"), by: john)
            #expect(first.document.logs.files.keep.value == 1)
            #expect(try Paths.status(keeper.folder) == nil)
            #expect(keeper.stored?.version == 0)
            #expect(try keeper.commit(second).document.logs.files.keep.value == 2)
            let refusal = #expect(throws: SettingsStoreError.self) { try keeper.commit(first) }
            #expect(refusal?.description.contains("changed the settings meanwhile") == true)
            #expect(keeper.stored?.document.logs.files.keep.value == 2)
        }
    }

    @Test("Old versions go")
    func limit() throws {
        try Fixtures.withTemporaryFolder { home in
            let keeper = SettingsKeeper(home: home)
            let key = try SettingsKey(parsing: "logs.keep")
            for keep in 1...VersionFolder.limit + 5 { _ = try keeper.apply(.set(key, yaml: "\(keep)"), by: jane) }
            let names = try Folders.names(in: keeper.folder).sorted()
            #expect(names.count == VersionFolder.limit)
            #expect(names.first == "000006.yaml")
            #expect(names.last == VersionFolder.name(of: VersionFolder.limit + 5))
        }
    }

    @Test("A folder that cannot be written is an error, and nothing has changed")
    func unwritable() throws {
        try Fixtures.withTemporaryFolder { home in
            try write("", to: "\(home)/state/settings")
            let keeper = SettingsKeeper(home: home)
            let refusal = #expect(throws: SettingsStoreError.self) {
                try keeper.apply(.set(try SettingsKey(parsing: "logs.keep"), yaml: "1"), by: jane)
            }
            #expect(refusal?.description.contains("Not a directory") == true)
            #expect(keeper.stored == nil)
        }
    }

    @Test("The number in a version's name", arguments: [(1, "000001.yaml"), (1_234_567, "1234567.yaml")])
    func names(_ number: Int, _ name: String) {
        #expect(VersionFolder.name(of: number) == name)
        #expect(VersionFolder.number(name) == number)
    }

    @Test(
        "What is no version",
        arguments: [
            "1.yaml", "000000.yaml", "-00001.yaml", "+00001.yaml", ".000001.yaml.new", "000001.yml",
            "9223372036854775807.yaml", "0000001.yaml",
        ])
    func noVersions(_ name: String) {
        #expect(VersionFolder.number(name) == nil)
    }
}
