import Foundation

/// Runs a program that judges ours: tcpdump, tshark, capinfos, sqlite3, zstd ...
///
/// A peer that is not installed is a failure with its name and what to do, never a
/// test that passes silently: `make test` installs all of them.
public enum Peer {
    /// What a peer left behind.
    public struct Outcome: Sendable {
        /// The exit status; 128 + signal where a signal ended it.
        public var status: Int32
        public var output: [UInt8]
        public var errors: [UInt8]

        /// Standard output as text.
        public var text: String { String(decoding: output, as: UTF8.self) }
        /// Standard error as text.
        public var errorText: String { String(decoding: errors, as: UTF8.self) }
        /// The lines of standard output, without their newlines.
        public var lines: [Substring] { text.split(separator: "\n") }
    }

    /// Why a peer's answer cannot be had.
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// Runs `program` (looked up in PATH, or a path) until it ends; `input` is its standard input.
    ///
    /// The environment is the test's with `LC_ALL=C` and `TZ=UTC`, then `environment` on top.
    /// Output goes through files, so that no pipe can fill up and stand still.
    public static func run(
        _ program: String, _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
    ) throws -> Outcome {
        guard let path = locate(program) else {
            throw Failure(
                description: "\(program) is not installed, and this test compares with it: "
                    + "run `make test` once (it installs the peers), or apt-get install it")
        }
        return try Fixtures.withTemporaryFolder { folder in
            let names = ["input", "output", "errors"].map { URL(fileURLWithPath: folder).appendingPathComponent($0) }
            try Data(input).write(to: names[0])
            try Data().write(to: names[1])
            try Data().write(to: names[2])
            let process = Process()
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = arguments
            process.environment = ProcessInfo.processInfo.environment
                .merging(["LC_ALL": "C", "TZ": "UTC"]) { $1 }
                .merging(environment) { $1 }
            process.standardInput = try FileHandle(forReadingFrom: names[0])
            process.standardOutput = try FileHandle(forWritingTo: names[1])
            process.standardError = try FileHandle(forWritingTo: names[2])
            try process.run()
            process.waitUntilExit()
            let status = process.terminationStatus
            return Outcome(
                status: process.terminationReason == .uncaughtSignal ? 128 + status : status,
                output: [UInt8](try Data(contentsOf: names[1])),
                errors: [UInt8](try Data(contentsOf: names[2])))
        }
    }

    /// As `run`, and a status that is not zero is a failure that quotes standard error.
    public static func output(
        of program: String, _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
    ) throws -> Outcome {
        let outcome = try run(program, arguments, input: input, environment: environment)
        guard outcome.status == 0 else {
            throw Failure(
                description: "\(program) \(arguments.joined(separator: " ")) ended with status \(outcome.status): "
                    + outcome.errorText)
        }
        return outcome
    }

    private static func locate(_ program: String) -> String? {
        if program.contains("/") { return FileManager.default.isExecutableFile(atPath: program) ? program : nil }
        let search = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        for folder in search.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"] {
            let path = "\(folder)/\(program)"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        return nil
    }
}
