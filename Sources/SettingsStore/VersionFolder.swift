import Settings
import SystemCalls

/// The folder that has every version of the changes as a file: `000012.yaml`.
///
/// A version is written under another name, brought to the disk, and renamed: it is there whole or not at all, and
/// the highest one that is whole holds. What was interrupted leaves a file `.000013.yaml.new` that nobody reads.
struct VersionFolder: Sendable {
    /// A step of writing a version, for tests that stop there.
    enum Step: Int, CaseIterable, Sendable {
        case begun, made, halfWritten, written, synchronized, renamed, folderSynchronized, oldRemoved

        init(_ step: WholeFile.Step) {
            self =
                switch step {
                case .made: .made
                case .halfWritten: .halfWritten
                case .written: .written
                case .synchronized: .synchronized
                case .renamed: .renamed
                case .folderSynchronized: .folderSynchronized
                }
        }
    }

    /// Versions that are kept.
    /// - Limit: versions of the changed settings that are kept |  | the oldest go
    static let limit = 200

    let path: String
    /// Called after each step.
    var onStep: @Sendable (Step) -> Void = { _ in }

    /// The numbers that are there, the highest first.
    func numbers() throws(SystemCallError) -> [Int] {
        do {
            return try Folders.names(in: path).compactMap(Self.number).sorted(by: >)
        } catch  where error.errno == .noSuchFile {
            return []
        }
    }

    func path(of number: Int) -> String { "\(path)/\(Self.name(of: number))" }

    func contents(of number: Int) throws(SystemCallError) -> [UInt8] {
        // A byte more than settings may have, so that the reader says so at its place.
        try Paths.contents(path(of: number), limit: SettingsLimits.bytes + 1)
    }

    /// Makes a version, durably: when this returns it is on the disk under its name. Its number must be free.
    func write(_ bytes: [UInt8], as number: Int) throws(SystemCallError) {
        onStep(.begun)
        try Folders.makeAll(path, permissions: 0o750)
        // Not for the group: settings hold secrets of others' protocols.
        try WholeFile.write(bytes, to: path(of: number), permissions: 0o600) { onStep(Step($0)) }
        removeOld()
        onStep(.oldRemoved)
    }

    /// Old versions are only history: where one cannot be removed the next write tries again.
    private func removeOld() {
        for number in ((try? numbers()) ?? []).dropFirst(Self.limit) { try? Paths.unlink(path(of: number)) }
    }

    static func name(of number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".yaml"
    }

    /// The number in a version's name; nil for names that this program does not give, absurd numbers too.
    static func number(_ name: String) -> Int? {
        guard name.hasSuffix(".yaml"), let number = Int(name.dropLast(5)), 1...999_999_999 ~= number,
            Self.name(of: number) == name
        else { return nil }
        return number
    }
}
