import ControlMessages
import Foundation
import Primitives
import SystemCalls
import Testing

@testable import Accounts

/// A process that makes one token and dies at a step of writing the file.
private func die(at step: WholeFile.Step, path: String) throws {
    let keeper = AccountKeeper(AccountFile(path: path) { if $0 == step { kill(getpid(), SIGKILL) } }, .weak)
    _ = try keeper.createToken(
        "second", scopes: [.logsRead], owner: nil, by: "root", at: Timestamp(seconds: 0), expiresAt: nil)
}

@Suite("Accounts survive a process that is killed")
struct KilledWriterTests {
    @Test(
        "Killed at any step of a change: the old accounts or the new ones, never half", .serialized,
        arguments: WholeFile.Step.allCases)
    func steps(_ step: WholeFile.Step) async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("gatelog-test-\(UUID())").path
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: home) }
        let path = "\(home)/accounts"
        let first = try AccountKeeper(path: path, parameters: .weak).createToken(
            "first", scopes: [.logsRead], owner: nil, by: "root", at: Timestamp(seconds: 0), expiresAt: nil)
        let number = step.rawValue
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, number = number as Int] in
            try die(at: try #require(WholeFile.Step(rawValue: number)), path: path)
        }
        let keeper = AccountKeeper(path: path, parameters: .weak)
        #expect(keeper.problem == nil)
        let isNew = step.rawValue >= WholeFile.Step.renamed.rawValue
        #expect(keeper.tokens.map(\.name) == (isNew ? ["first", "second"] : ["first"]))
        #expect(throws: Never.self) { try keeper.identify(first, from: "x") }
        // What the dead one left behind is in nobody's way.
        _ = try keeper.createToken(
            "third", scopes: [.logsRead], owner: nil, by: "root", at: Timestamp(seconds: 0), expiresAt: nil)
        #expect(try Folders.names(in: home) == ["accounts"])
    }
}
