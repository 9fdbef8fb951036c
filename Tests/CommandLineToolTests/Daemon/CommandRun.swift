import Foundation
import SystemCalls

@testable import CommandLineTool

/// One command, run in process as the program would.
struct CommandRun {
    let status: Int32
    let output: String
    let errors: String

    /// Runs on a thread of its own: commands wait, and the threads of the tests must not.
    static func run(_ arguments: [String]) async throws -> CommandRun {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gatelog-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appendingPathComponent("out").path
        let errors = folder.appendingPathComponent("err").path
        let console = Console(
            output: try FileDescriptor(opening: output, for: .replace),
            errors: try FileDescriptor(opening: errors, for: .replace))
        let status = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: GatelogTool.run(arguments, console: console)) }
        }
        return CommandRun(
            status: status, output: String(decoding: try Paths.contents(output), as: UTF8.self),
            errors: String(decoding: try Paths.contents(errors), as: UTF8.self))
    }
}
