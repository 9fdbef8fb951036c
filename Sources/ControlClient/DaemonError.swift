public import ControlMessages

/// Why a daemon could not be asked, or would not.
public enum DaemonError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nobody listens at this path.
    case notRunning(socket: String)
    /// This user may not open the socket.
    case notPermitted(socket: String)
    /// The daemon refused the request.
    case refused(ControlError)
    /// The connection broke off or the answer is not one; why.
    case broken(socket: String, reason: String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .notRunning(let socket):
            """
            no daemon listens at \(socket): start it with `gatelog run`, or say where it is with --home DIR or \
            --socket PATH
            """
        case .notPermitted(let socket):
            """
            you may not talk to the daemon at \(socket): root and the members of the socket's group may; use sudo, or \
            let root add you (usermod -aG GROUP USER) and log in again
            """
        case .refused(let error): error.message
        case .broken(let socket, let reason): "the daemon at \(socket) did not answer as it should: \(reason)"
        }
    }
}
