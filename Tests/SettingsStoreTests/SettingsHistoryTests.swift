import Foundation
import Settings
import SystemCalls
import TestSupport
import Testing

@testable import SettingsStore

@Suite("Versions of the settings: applied, compared, gone back to")
struct SettingsHistoryTests {
    static func text(_ text: String, _ name: String = "changes.yaml") -> SettingsText {
        SettingsText(name: name, bytes: Array(text.utf8))
    }

    static func origin(_ settings: StoredSettings, _ key: String) throws -> String? {
        settings.document.origin(of: try SettingsKey(parsing: key))?.description
    }

    @Test("A version that is gone back to holds again, as a new version, and is still told to be from who made it")
    func revert() throws {
        try Fixtures.withTemporaryFolder { home in
            try write("logs: { keep: 9, budget: 2 GiB }\n", to: "\(home)/etc/gatelog.yaml")
            let keeper = SettingsKeeper(home: home)
            try keeper.load()
            let key = try SettingsKey(parsing: "logs.keep")
            _ = try keeper.apply(.set(key, yaml: "1"), by: jane)
            _ = try keeper.apply(.set(key, yaml: "2"), by: john)
            let reverted = try keeper.commit(try keeper.prepare(revertingTo: 1, by: john))
            let again = try SettingsKeeper(home: home).load()
            for settings in [reverted, again] {
                #expect(settings.version == 3)
                #expect(settings.document.logs.files.keep.value == 1)
                #expect(
                    try Self.origin(settings, "logs.keep") == "changed by jane, 2026-11-21T10:00:00Z (version 1)")
            }
            let file = try keeper.commit(try keeper.prepare(revertingTo: 0, by: john))
            #expect(file.document.logs.files.keep.value == 9)
            #expect(try Self.origin(file, "logs.keep") == "gatelog.yaml:1:15")
            _ = try keeper.commit(try keeper.prepare(revertingTo: 2, by: jane))
            #expect(keeper.stored?.document.logs.files.keep.value == 2)
            #expect(
                try keeper.history().map { "\($0.version) \($0.note.who) \($0.what)" } == [
                    "5 jane revert 2", "4 john revert 0", "3 john revert 1", "2 john set logs.keep",
                    "1 jane set logs.keep",
                ])
        }
    }

    @Test("There is no way to a version that is not there, is torn, or is a newer program's")
    func noVersion() throws {
        try Fixtures.withTemporaryFolder { home in
            let keeper = SettingsKeeper(home: home)
            let key = try SettingsKey(parsing: "logs.keep")
            func refusal(_ number: Int) -> String? {
                #expect(throws: SettingsStoreError.self) { try keeper.prepare(revertingTo: number, by: jane) }?
                    .description
            }
            #expect(
                refusal(1) == "there is no version 1: nothing was ever changed, and 0 is the administrator's file alone"
            )
            for keep in 1...3 { _ = try keeper.apply(.set(key, yaml: "\(keep)"), by: jane) }
            #expect(
                refusal(7)
                    == "there is no version 7; 3 are kept, from 1 to 3, and 0 is the administrator's file alone")
            let first = try Paths.contents("\(home)/state/settings/000001.yaml")
            try write(String(decoding: first.dropLast(5), as: UTF8.self), to: "\(home)/state/settings/000001.yaml")
            #expect(refusal(1)?.hasSuffix("this version is not whole; choose another one") == true)
            let newer = String(decoding: first, as: UTF8.self).replacing("format 1", with: "format 7")
            try write(newer, to: "\(home)/state/settings/000002.yaml".replacing("000002", with: "000001"))
            #expect(refusal(1)?.contains("written by a newer Gatelog (form 7; this one reads up to 1)") == true)
            #expect(keeper.stored?.version == 3)
        }
    }

    @Test("A file that is applied takes the place of all changes; what stays the same is still from who set it")
    func apply() throws {
        try Fixtures.withTemporaryFolder { home in
            let keeper = SettingsKeeper(home: home)
            _ = try keeper.apply(.set(try SettingsKey(parsing: "logs.keep"), yaml: "1"), by: jane)
            _ = try keeper.apply(.set(try SettingsKey(parsing: "logs.size"), yaml: "1 MiB"), by: jane)
            _ = try keeper.apply(.set(try SettingsKey(parsing: "gateway"), yaml: "fw1"), by: jane)
            let before = try #require(keeper.stored?.document)
            let prepared = try keeper.prepare(
                applying: Self.text("# mine\nlogs:\n  keep: 1\n  size: 2 MiB\n  utc: true\n"), by: john)
            #expect(
                prepared.document.differences(from: before).map { "\($0.key): \($0.old ?? "-") -> \($0.new ?? "-")" }
                    .filter { !$0.hasPrefix("logs.") || !$0.contains(".size") || $0.hasPrefix("logs.size") } == [
                        "gateway: fw1 -> hostname", "logs.utc: false -> true", "logs.size: 1 MiB -> 2 MiB",
                    ])
            #expect(keeper.stored?.version == 3)
            let applied = try keeper.commit(prepared)
            #expect(applied.version == 4)
            #expect(try Self.origin(applied, "logs.keep") == "changed by jane, 2026-11-21T10:00:00Z (version 1)")
            #expect(try Self.origin(applied, "logs.size") == "changed by john, 2026-11-22T10:00:00Z (version 4)")
            #expect(try Self.origin(applied, "gateway") == "default")
            // What is exported can be applied, and changes nothing.
            let exported = try #require(try keeper.changes(of: 4))
            let again = try keeper.prepare(applying: SettingsText(name: "x", bytes: exported.bytes), by: jane)
            #expect(again.document.differences(from: applied.document).isEmpty)
            #expect(try keeper.document(of: 3).gateway.value == "fw1")
            #expect(try keeper.document(of: 0).gateway.value == nil)
        }
    }

    @Test("A file that is wrong changes nothing, and is told with its own name, line and column")
    func wrong() throws {
        try Fixtures.withTemporaryFolder { home in
            let keeper = SettingsKeeper(home: home)
            _ = try keeper.apply(.set(try SettingsKey(parsing: "logs.keep"), yaml: "1"), by: jane)
            let refusal = #expect(throws: SettingsStoreError.self) {
                try keeper.prepare(applying: Self.text("logs:\n  kep: 1\n  size: 2\ngatway: x\n"), by: john)
            }
            #expect(
                refusal?.description.split(separator: "\n").map { $0.prefix { $0 != ";" } } == [
                    "changes.yaml:2:3: there is no \"kep\" in logs",
                    "changes.yaml:3:9: \"2\" for size",
                    "changes.yaml:4:1: there is no \"gatway\" in the settings",
                ])
            let broken = #expect(throws: SettingsStoreError.self) {
                try keeper.prepare(applying: Self.text("logs: [\n"), by: john)
            }
            #expect(broken?.description.hasPrefix("changes.yaml:") == true)
            #expect(keeper.stored?.version == 1)
        }
    }

    @Test("An empty file is no changes at all")
    func empty() throws {
        try Fixtures.withTemporaryFolder { home in
            let keeper = SettingsKeeper(home: home)
            _ = try keeper.apply(.set(try SettingsKey(parsing: "logs.keep"), yaml: "1"), by: jane)
            for text in ["", "# nothing\n", "{}\n"] {
                let applied = try keeper.commit(try keeper.prepare(applying: Self.text(text), by: john))
                #expect(applied.document.logs.files.keep.value == 30)
                #expect(try SettingsKeeper(home: home).load().document.logs.files.keep.value == 30)
            }
        }
    }

    @Test("Versions are for the daemon alone to read")
    func permissions() throws {
        try Fixtures.withTemporaryFolder { home in
            let keeper = SettingsKeeper(home: home)
            _ = try keeper.apply(.set(try SettingsKey(parsing: "logs.keep"), yaml: "1"), by: jane)
            let path = "\(keeper.folder)/000001.yaml"
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600)
        }
    }
}
