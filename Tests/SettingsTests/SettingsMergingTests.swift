import TestSupport
import Testing

@testable import Settings

/// A value of YAML without places: the obviously correct twin.
private indirect enum Plain: Equatable {
    case text(String)
    case list([Plain])
    /// In their order.
    case map([(String, Plain)])

    static func == (left: Plain, right: Plain) -> Bool {
        switch (left, right) {
        case (.text(let one), .text(let other)): one == other
        case (.list(let one), .list(let other)): one == other
        case (.map(let one), .map(let other)): one.map(\.0) == other.map(\.0) && one.map(\.1) == other.map(\.1)
        default: false
        }
    }

    init(_ node: YAMLNode) {
        switch node.content {
        case .scalar(let text, _): self = .text(text)
        case .sequence(let nodes): self = .list(nodes.map(Plain.init))
        case .mapping(let pairs): self = .map(pairs.map { ($0.key.value, Plain($0.value)) })
        case .refused: self = .text("refused")
        }
    }

    init(_ random: inout SeededGenerator, depth: Int) {
        let kind = Int.random(in: 0..<(depth > 3 ? 1 : 4), using: &random)
        let count = Int.random(in: 0...4, using: &random)
        switch kind {
        case 0: self = .text(Self.text(&random))
        case 1: self = .list((0..<count).map { _ in Plain(&random, depth: depth + 1) })
        default:
            var pairs: [(String, Plain)] = []
            for _ in 0..<count {
                // Few names, so that both trees have them.
                let name = Int.random(in: 0...3, using: &random) == 0 ? Self.text(&random) : "k\(count)"
                if !pairs.contains(where: { $0.0 == name }) { pairs.append((name, Plain(&random, depth: depth + 1))) }
            }
            self = .map(pairs)
        }
    }

    /// Texts that YAML would take for something else if it could.
    private static func text(_ random: inout SeededGenerator) -> String {
        let alphabet: [Character] = [
            "a", "B", "7", " ", ":", "#", "-", "\"", "'", "\\", "\n", "\t", "é", "\u{85}", "\u{2028}", "\u{FEFF}", "{",
            "]", ",", "&", "*", "!", "%", "@", "~", "\u{7F}", "😀", "\r", "\u{0}", "?", "|", ">",
        ]
        let words = ["null", "true", "~", "", "no", "0x1F", "1e3", "- a", "a: b", "# c", "---", "...", "=", "<<"]
        if Int.random(in: 0...2, using: &random) == 0 { return words.randomElement(using: &random)! }
        return String((0...Int.random(in: 0...8, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
    }

    /// As YAML, everything in quotes.
    var yaml: String {
        switch self {
        case .text(let text): yamlQuoted(text)
        case .list(let values): "[\(values.map(\.yaml).joined(separator: ", "))]"
        case .map(let pairs): "{\(pairs.map { "? \(yamlQuoted($0)) : \($1.yaml)" }.joined(separator: ", "))}"
        }
    }

    /// This with `upper` over it.
    func merged(with upper: Plain) -> Plain {
        guard case .map(let lower) = self, case .map(let changes) = upper else { return upper }
        var result = lower
        for (name, change) in changes {
            if let index = result.firstIndex(where: { $0.0 == name }) {
                result[index].1 = result[index].1.merged(with: change)
            } else {
                result.append((name, change))
            }
        }
        return .map(result)
    }
}

private func tree(_ text: String, _ layer: SettingsLayer = .file) throws -> YAMLNode {
    var faults = FaultList(file: "t.yaml")
    var isBroken = false
    let root = faults.compose(Array(text.utf8), layer, &isBroken)
    try faults.check()
    return try #require(root)
}

@Suite("Settings: one text over another")
struct SettingsMergingTests {
    static let seed = UInt64(20_261_121)

    @Test("Random documents merge as a simple recursion says")
    func twins() throws {
        var random = SeededGenerator(seed: Self.seed)
        var common = 0
        for round in 0..<2000 {
            let (lower, upper) = (Plain(&random, depth: 0), Plain(&random, depth: 0))
            let merged = try tree(lower.yaml).merged(with: try tree(upper.yaml, .changes))
            let wanted = lower.merged(with: upper)
            #expect(Plain(merged) == wanted, "seed \(Self.seed), round \(round): \(lower.yaml) and \(upper.yaml)")
            if wanted != lower, wanted != upper { common += 1 }
        }
        #expect(common > 50, "hardly any of the documents have anything in common")
    }

    @Test("What is printed on one line is read as the same")
    func oneLine() throws {
        var random = SeededGenerator(seed: Self.seed)
        for round in 0..<2000 {
            let plain = Plain(&random, depth: 0)
            let node = try tree(plain.yaml)
            let line = node.oneLine
            #expect(!line.contains { $0 == "\n" || $0 == "\r" || $0 == "\u{85}" || $0 == "\u{2028}" })
            #expect(Plain(try tree(line)) == plain, "seed \(Self.seed), round \(round): \(line)")
            // Behind a key, in a list and in a map too.
            #expect(Plain(try tree("k: \(line)  # note")) == .map([("k", plain)]), "seed \(Self.seed), round \(round)")
            #expect(Plain(try tree("[\(line), {k: \(line)}]")) == .list([plain, .map([("k", plain)])]))
        }
    }

    @Test("Words keep their meaning: nothing, true and false stay what they are, texts in quotes stay texts")
    func words() throws {
        for word in ["~", "null", "", "true", "false"] {
            #expect(try tree("k: \(word)")[["k"]]?.oneLine == (word.isEmpty ? "~" : word))
            #expect(try tree("k: \"\(word)\"")[["k"]]?.oneLine == "\"\(word)\"")
        }
    }

    @Test("Set and unset at a path")
    func paths() throws {
        let root = try tree("a: { b: 1, c: 2 }\nd: [x]\n")
        let value = YAMLNode(place: SettingsPlace(line: 1, column: 1, in: .value), content: .scalar("9", isPlain: true))
        #expect(root.setting(["a", "b"], to: value).oneLine == "{ a: { b: 9, c: 2 }, d: [x] }")
        #expect(root.setting(["a", "e", "f"], to: value).oneLine == "{ a: { b: 1, c: 2, e: { f: 9 } }, d: [x] }")
        #expect(root.setting(["d", "f"], to: value).oneLine == "{ a: { b: 1, c: 2 }, d: { f: 9 } }")
        #expect(root.removing(["a", "b"])?.oneLine == "{ a: { c: 2 }, d: [x] }")
        #expect(root.removing(["a"])?.oneLine == "{ d: [x] }")
        #expect(root.removing(["a", "x"])?.oneLine == root.oneLine)
        #expect(try tree("a: { b: { c: 1 } }").removing(["a", "b", "c"])?.oneLine == nil)
        #expect(root[["a", "c"]]?.oneLine == "2")
        #expect(root[["d", "c"]]?.oneLine == nil)
    }
}
