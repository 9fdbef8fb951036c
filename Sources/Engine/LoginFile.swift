import Primitives
import SystemCalls
import Users

/// The file of log-ins that a restart finds: written whole beside the old one and put in its place.
struct LoginFile: Sendable {
    let path: String

    /// More than a full table takes; what is longer is none of ours.
    static let mostBytes = 1 << 30

    /// Why it was not read or not written.
    enum Fault: Error, CustomStringConvertible {
        case text(LoginText.Fault, path: String)
        case disk(SystemCallError, path: String)

        /// A newer program's file is left as it is.
        var isNewer: Bool {
            if case .text(.newer, _) = self { true } else { false }
        }

        var description: String {
            switch self {
            case .text(let fault, let path): "\(path) is not used: \(fault)"
            case .disk(let error, let path): "\(path): \(error)"
            }
        }
    }

    /// Takes over what an earlier run left; says how many log-ins, nil where there is no file.
    func restore(into board: LoginBoard) throws(Fault) -> Int? {
        let text: [UInt8]
        do throws(SystemCallError) {
            text = try Paths.contents(path, limit: Self.mostBytes)
        } catch {
            if error.errno == .noSuchFile { return nil }
            throw .disk(error, path: path)
        }
        let result: Result<Int, LoginText.Fault> = board.change { registry, effects in
            do throws(LoginText.Fault) {
                return .success(try registry.restore(text, &effects))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let count): return count
        case .failure(let fault): throw .text(fault, path: path)
        }
    }

    /// Writes the log-ins, a part of the table after the other, so that nobody waits long for the lock.
    func save(_ board: LoginBoard) throws(Fault) {
        let part = path + ".part"
        do throws(SystemCallError) {
            let file = try FileDescriptor(opening: part, for: .replace, permissions: 0o600)
            var buffer = ByteBuffer(capacity: 1 << 16)
            LoginRegistry.appendHead(to: &buffer)
            var count = 0
            for number in 0..<LoginRegistry.parts {
                let text: (bytes: [UInt8], count: Int) = board.ask { registry in
                    var buffer = ByteBuffer(capacity: 4096)
                    let count = registry.appendText(of: number, to: &buffer)
                    return (buffer.bytes.withUnsafeBytes { Array($0) }, count)
                }
                count += text.count
                buffer.append(text.bytes.span.bytes)
                if buffer.count >= 1 << 16 {
                    try file.write(buffer.bytes)
                    buffer.removeAll()
                }
            }
            LoginRegistry.appendEnd(count, to: &buffer)
            try file.write(buffer.bytes)
            try file.synchronize()
            try Paths.rename(part, to: path)
        } catch {
            try? Paths.unlink(part)
            throw .disk(error, path: path)
        }
    }
}
