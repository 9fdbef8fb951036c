import Foundation
import Settings
import SystemCalls
import TestSupport
import Testing

@testable import SettingsStore

/// The ways to make a version.
enum Way: String, CaseIterable, Sendable {
    case change, apply, revert
}

/// A process that makes one change and dies at a step of it.
private func die(at step: VersionFolder.Step, _ way: Way, home: String) throws {
    let versions = VersionFolder(path: "\(home)/state/settings") { if $0 == step { kill(getpid(), SIGKILL) } }
    let keeper = SettingsKeeper(file: "\(home)/etc/gatelog.yaml", versions, mayBeMissing: true)
    switch way {
    case .change: _ = try keeper.apply(.set(try SettingsKey(parsing: "logs.keep"), yaml: "2"), by: jane)
    case .apply:
        let text = SettingsText(name: "changes.yaml", bytes: Array("logs: { keep: 2 }\n".utf8))
        _ = try keeper.commit(try keeper.prepare(applying: text, by: jane))
    case .revert: _ = try keeper.commit(try keeper.prepare(revertingTo: 1, by: jane))
    }
}

@Suite("Settings survive a process that is killed")
struct KilledWriterTests {
    @Test(
        "Killed at any step of a change: the old settings or the new ones, never half", .serialized,
        arguments: VersionFolder.Step.allCases, Way.allCases)
    func steps(_ step: VersionFolder.Step, _ way: Way) async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("gatelog-test-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: home) }
        let key = try SettingsKey(parsing: "logs.keep")
        let before = SettingsKeeper(home: home)
        // Version 2 is what holds; version 1 is what a revert goes back to.
        _ = try before.apply(.set(key, yaml: "2"), by: john)
        _ = try before.apply(.set(key, yaml: "1"), by: john)
        let (number, word) = (step.rawValue, way.rawValue)
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [home = home as String, number = number as Int, word = word as String] in
            try die(
                at: try #require(VersionFolder.Step(rawValue: number)), try #require(Way(rawValue: word)), home: home)
        }
        let loaded = try SettingsKeeper(home: home).load()
        #expect(loaded.warnings.isEmpty)
        let isNew = step.rawValue >= VersionFolder.Step.renamed.rawValue
        #expect(loaded.version == (isNew ? 3 : 2))
        #expect(loaded.document.logs.files.keep.value == (isNew ? 2 : 1))
        // What the dead one left behind is in nobody's way.
        let keeper = SettingsKeeper(home: home)
        let next = try keeper.apply(.set(key, yaml: "3"), by: john)
        #expect(next.version == loaded.version + 1)
        #expect(try SettingsKeeper(home: home).load().document.logs.files.keep.value == 3)
        let names = try Folders.names(in: keeper.folder).sorted()
        #expect(names == (1...next.version).map(VersionFolder.name))
    }

    @Test("Killed at any moment while changes go on and on: a whole version is there", .serialized, arguments: 0..<6)
    func moments(_ round: Int) async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("gatelog-test-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: home) }
        let microseconds = 3_000 + round * 1_777
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [home = home as String, microseconds = microseconds as Int] in
            let keeper = SettingsKeeper(home: home)
            let key = try SettingsKey(parsing: "logs.keep")
            _ = try keeper.apply(.set(key, yaml: "1"), by: jane)
            let killer = try Thread(name: "killer") {
                usleep(UInt32(microseconds))
                kill(getpid(), SIGKILL)
            }
            for keep in 2...100_000 { _ = try keeper.apply(.set(key, yaml: "\(keep)"), by: jane) }
            killer.join()
        }
        let loaded = try SettingsKeeper(home: home).load()
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.version >= 1)
        // Each version sets its own number.
        #expect(loaded.document.logs.files.keep.value == loaded.version)
    }
}
