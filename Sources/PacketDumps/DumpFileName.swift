import Synchronization
import SystemCalls

/// The name of a file of a dump: hidden, then its own, then none. The writer's thread and the closer's share it, since
/// a ring may have no more room for a file that is not even on the disk yet.
final class DumpFileName: Sendable {
    private enum Stage {
        case hidden, given, discarded
    }

    let folder: DumpFolder
    let sequence: Int
    private let stage = Mutex(Stage.hidden)

    init(_ folder: DumpFolder, _ sequence: Int) {
        self.folder = folder
        self.sequence = sequence
    }

    var isGiven: Bool { stage.withLock { $0 == .given } }
    var isDiscarded: Bool { stage.withLock { $0 == .discarded } }

    /// Gives the file its name, unless it was discarded.
    func give() throws(SystemCallError) {
        try stage.withLock { stage throws(SystemCallError) in
            guard stage == .hidden else { return }
            try Paths.rename(path(hidden: true), to: path(hidden: false))
            stage = .given
        }
        try? Folders.synchronize(folder.path)
    }

    /// Removes the file, whatever it is called by now.
    func discard() {
        stage.withLock { stage in
            try? Paths.unlink(path(hidden: stage == .hidden))
            stage = .discarded
        }
    }

    private func path(hidden: Bool) -> String {
        "\(folder.path)/\(hidden ? folder.hiddenName(sequence) : folder.fileName(sequence))"
    }
}
