public import Foundation

/// Where the files are that tests read: `Tests/Fixtures`, found from this source file,
/// so that a clone needs no setting and no working directory.
public enum Fixtures {
    /// `Tests/Fixtures`.
    public static let folder = tests.appendingPathComponent("Fixtures", isDirectory: true)

    /// `Tests`.
    public static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    /// The path of `name` (with slashes for folders) under `Tests/Fixtures`.
    public static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// The path of a capture of tcpdump's own tests.
    public static func capture(_ name: String) -> String { path("captures/\(name)") }

    /// The bytes of `name` under `Tests/Fixtures`. Stops the test run with the path where there is no such file.
    public static func bytes(_ name: String) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path(name)) else {
            fatalError("no fixture at \(path(name))")
        }
        return [UInt8](data)
    }

    /// The bytes of `name` under `Resources`, which users get.
    public static func resource(_ name: String) throws -> [UInt8] {
        let resources = tests.deletingLastPathComponent().appendingPathComponent("Resources")
        return [UInt8](try Data(contentsOf: resources.appendingPathComponent(name)))
    }

    /// The names of all captures of tcpdump's own tests, sorted: 402 of them.
    public static let captureNames: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path("captures"))) ?? []
        return names.filter { $0 != "LICENSE" }.sorted()
    }()

    /// Runs `body` with the path of a new empty folder, which is removed afterwards.
    public static func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("gatelog-test-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.path)
    }
}
