import Expressions
import LiveCapture

/// A feature's wish to see packets.
struct Demand: Sendable {
    /// "packet logging", "dump office".
    var name: String
    /// As a person typed it.
    var text: String
    var tree: Tree
}

/// The kernel's filter for all that is wanted: it lets through what at least one demand may want, so that what
/// nobody asked for is dropped before it costs anything. What it lets through too, the programs sort out.
struct KernelFilter: Sendable {
    /// What a demand does to the filter.
    struct Effect: Sendable {
        var demand: Demand
        /// Every packet has to pass for it.
        var opens: Bool
        /// What the kernel cannot decide of it, in sentences.
        var undecided: [String]
    }

    /// Never empty; without a demand it refuses everything.
    let instructions: [BPFInstruction]
    let effects: [Effect]

    /// Bytes of a packet that are wanted: all.
    static let snapLength: UInt32 = 262_144

    /// The filter for `demands`; compiling costs about a millisecond for each thousand addresses.
    init(_ demands: [Demand], directory: Directory) {
        effects = demands.map { demand in
            let program = BPFProgram(demand.tree, directory: directory, frames: .live, snapLength: Self.snapLength)
            return Effect(
                demand: demand, opens: program.passesAll, undecided: program.losses.map(\.sentence))
        }
        if demands.isEmpty {
            instructions = BPFProgram.refusingAll
        } else {
            // One that opens it makes the union simple.
            let trees = effects.first(where: \.opens).map { [$0.demand.tree] } ?? demands.map(\.tree)
            instructions =
                BPFProgram(
                    Self.union(trees), directory: directory, frames: .live, snapLength: Self.snapLength
                ).instructions
        }
    }

    /// One tree that is met where one of `trees` is.
    static func union(_ trees: [Tree]) -> Tree {
        var parts: [Tree] = []
        for tree in trees {
            let found: [Tree] = if case .or(let inside) = tree { inside } else { [tree] }
            for part in found where !parts.contains(part) { parts.append(part) }
        }
        return parts.count == 1 ? parts[0] : .or(parts)
    }
}
