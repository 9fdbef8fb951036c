import ExpressionSupport
import Expressions
import Foundation

/// What all tests against peers share. GATELOG_JUDGED sets how many expressions each tries, GATELOG_SEED
/// repeats a run.
enum Judging {
    /// The seed of this run; every report prints it.
    static let seed = number("GATELOG_SEED").map { UInt64($0) } ?? 20_261_121

    /// How many expressions a test tries that usually tries so many.
    static func rounds(usually count: Int) -> Int { number("GATELOG_JUDGED") ?? count }

    /// Why a packet was judged differently: everything that is needed to see it again.
    static func report(_ verdict: String, _ tree: Tree, _ translation: String, _ packet: TestPacket) -> String {
        let text = Expression(text: "", tree: tree, warnings: []).canonical
        let hex = packet.bytes.prefix(200).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return "GATELOG_SEED=\(seed): \(verdict)\n\(text)\n\(translation)\n\(hex)"
    }

    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }
}
