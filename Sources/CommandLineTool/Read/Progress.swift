import Primitives
import SystemCalls

/// A line on the terminal while long work runs: bytes, packets a second, time left. Says nothing where standard
/// error is not a terminal, and nothing about work that is done within a second.
struct Progress {
    private let console: Console
    private let total: Int?
    private let started: Int64
    private var shown: Int64
    private var isShown = false

    /// Work of `total` bytes (nil: nobody knows how much) that begins now.
    init?(_ console: Console, total: Int?) {
        guard console.errorsAreTerminal else { return nil }
        self.console = console
        self.total = total
        started = Clocks.monotonic
        shown = started + Self.patience
    }

    /// Nanoseconds before the first line and between two.
    private static let patience: Int64 = 1_000_000_000
    private static let pause: Int64 = 250_000_000

    /// Shows how far it is, if the last time is long enough ago.
    mutating func show(bytes: Int, packets: Int) {
        show(bytes) { elapsed in
            "\(HumanNumbers.grouped(Int(Double(packets) / Double(elapsed) * 1e9))) packets/s"
        }
    }

    /// The same for bytes that are no packets yet.
    mutating func show(bytes: Int) {
        show(bytes) { elapsed in "\(HumanNumbers.bytes(Int(Double(bytes) / Double(elapsed) * 1e9)))/s" }
    }

    private mutating func show(_ bytes: Int, rate: (_ elapsed: Int64) -> String) {
        let now = Clocks.monotonic
        guard now - shown >= Self.pause else { return }
        shown = now
        isShown = true
        let elapsed = max(now - started, 1)
        var text = "\(HumanNumbers.bytes(bytes)), \(rate(elapsed))"
        if let total, total > 0, bytes > 0 {
            let left = Double(elapsed) * Double(max(total - bytes, 0)) / Double(bytes)
            text += ", \(HumanNumbers.share(bytes, of: total)), \(HumanNumbers.duration(nanoseconds: Int64(left))) left"
        }
        console.transient(text)
    }

    /// Takes the line away.
    mutating func clear() {
        if isShown { console.transient("") }
        isShown = false
    }
}
