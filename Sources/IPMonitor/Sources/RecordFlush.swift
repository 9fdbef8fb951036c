import IPLog
import Primitives
import SystemCalls

/// Throwing away what waits in a device, or in the daemon that stands for it.
enum RecordFlush {
    /// Returns how many bytes the records had. Errors of the request itself have the call "SIOCIPFFB".
    static func flush(_ path: String) throws(SystemCallError) -> Int {
        guard try Paths.status(path)?.isSocket == true else {
            return try FileDescriptor(opening: path, for: .device).flushRecords()
        }
        let socket = try Socket.connected(sequencedTo: path)
        var message = ByteBuffer(capacity: 256)
        SocketQuestion.flush.append(to: &message)
        _ = try socket.send(message.bytes)
        message.removeAll()
        try message.append(atMost: 256) { room throws(SystemCallError) in
            try socket.receive(into: room) ?? 0
        }
        if let refusal = SocketRefusal(message.bytes) {
            throw SystemCallError(errno: Errno(rawValue: refusal.errno), call: "SIOCIPFFB", path: path)
        }
        guard message.count >= 4 else { throw SystemCallError(errno: .inputOutput, call: "SIOCIPFFB", path: path) }
        return Int(message.bytes.little32(at: 0))
    }
}

extension LogSource {
    /// Where the daemon answers for a device that this kernel cannot have.
    static let socketFolder = "/run/gatelog"

    /// A device's path where there is one, else the daemon's socket where that is there.
    static func defaultPath(_ unit: IPLogUnit, device: String) -> String {
        let socket = socketFolder + "/" + (device.split(separator: "/").last.map(String.init) ?? "ipl")
        do {
            if try Paths.status(device) == nil, try Paths.status(socket)?.isSocket == true { return socket }
        } catch {
            // Who cannot be asked is opened, and says why not.
        }
        return device
    }
}
