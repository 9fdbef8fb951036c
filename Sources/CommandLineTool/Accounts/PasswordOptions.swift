import ArgumentParser
import SystemCalls

/// Where a new password is from: never the command line, which others can see.
struct PasswordOptions: ParsableArguments {
    @Flag(help: "Read the password from standard input, up to the first line end.")
    var passwordStdin = false

    @Flag(help: "Make a password up, and print it.")
    var generate = false

    func validate() throws {
        if passwordStdin, generate {
            throw ValidationError("--password-stdin and --generate exclude each other; choose one")
        }
    }

    /// The password, asked for twice at a terminal. What was made up is printed by `tell` once it holds.
    func password(for name: String) throws -> String {
        if generate { return Self.madeUp() }
        if passwordStdin { return try Self.text(try Self.standardInput()) }
        do {
            let first = try Terminal.hiddenLine(prompt: "Password for \(name.escaped): ")
            let second = try Terminal.hiddenLine(prompt: "Again: ")
            guard first == second else { throw ToolFailure("the two passwords differ; nothing was changed") }
            return try Self.text(first)
        } catch is SystemCallError {
            throw ToolFailure("there is no terminal to ask for the password: use --password-stdin or --generate")
        }
    }

    /// Says a password that was made up; standard output has it alone.
    func tell(_ password: String, _ console: Console) throws {
        if generate { try console.say(password + "\n") }
    }

    private static func text(_ bytes: [UInt8]) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ToolFailure("the password is not UTF-8")
        }
        guard !text.isEmpty else { throw ToolFailure("the password is empty") }
        return text
    }

    private static func standardInput() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4097)
        var count = 0
        while count < bytes.count {
            let read: Int
            do {
                read = try bytes.withUnsafeMutableBytes { buffer in
                    try FileDescriptor.standardInput.read(
                        into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
                }
            } catch {
                throw ToolFailure("the password cannot be read: \(error)")
            }
            if read == 0 { break }
            count += read
        }
        let line = bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }
        return Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }

    /// Twenty signs that nobody mistakes for others, in groups of five: 98 bits.
    private static func madeUp() -> String {
        let signs = Array("abcdefghijkmnpqrstuvwxyz23456789")
        var generator = SystemRandomNumberGenerator()
        let groups = (0..<4).map { _ in
            String((0..<5).map { _ in signs[Int.random(in: 0..<signs.count, using: &generator)] })
        }
        return groups.joined(separator: "-")
    }
}
