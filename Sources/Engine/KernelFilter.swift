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
        /// Every IP packet has to pass for it.
        var opens: Bool
        /// What the kernel cannot decide of it, in sentences.
        var undecided: [String]
    }

    /// Never empty; without a demand it refuses everything.
    let instructions: [BPFInstruction]
    let effects: [Effect]

    /// The filter for `demands`, of whose packets the kernel keeps `snapLength` bytes; compiling costs about a
    /// millisecond for each thousand addresses.
    init(_ demands: [Demand], directory: Directory, snapLength: UInt32 = 262_144) {
        // Also for what it cannot decide the kernel still drops what is no IP packet at all.
        let everything = BPFProgram(
            .any(SourceRange(0, 0)), directory: directory, frames: .live, snapLength: snapLength)
        effects = demands.map { demand in
            let program = BPFProgram(demand.tree, directory: directory, frames: .live, snapLength: snapLength)
            return Effect(
                demand: demand, opens: program.passesAll || program.instructions == everything.instructions,
                undecided: program.losses.map(\.sentence))
        }
        if demands.isEmpty {
            instructions = BPFProgram.refusingAll
        } else {
            // One that opens it makes the union simple.
            let trees = effects.first(where: \.opens).map { [$0.demand.tree] } ?? demands.map(\.tree)
            instructions =
                BPFProgram(
                    Self.union(trees), directory: directory, frames: .live, snapLength: snapLength
                ).instructions
        }
    }

    /// One tree that is met where one of `trees` is.
    static func union(_ trees: [Tree]) -> Tree {
        var parts: [Tree] = []
        for tree in trees {
            let found: [Tree] = if case .or(let inside) = tree { inside } else { [tree] }
            parts += found
        }
        return parts.count == 1 ? parts[0] : .or(parts)
    }
}
