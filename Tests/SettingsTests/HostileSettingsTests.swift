import Settings
import TestSupport
import Testing

@Suite("Settings: hostile texts are bounded")
struct HostileSettingsTests {
    @Test("Aliases in aliases stay what they are: refused, not followed")
    func aliasBomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        // As a value, and as a key, which a tree would have to hash.
        #expect(faults(text + "groups: *a30\n").contains("an alias (*)"))
        #expect(faults(text + "? *a30\n: 1\n").contains("an alias (*)"))
    }

    @Test("Depth ends the reading", arguments: ["[", "{a: ", "- ", "? ", "[{a: "])
    func depth(_ opening: String) {
        #expect(faults(String(repeating: opening, count: 10_000)).contains("in each other"))
    }

    @Test("Deep block maps end the reading")
    func blockDepth() {
        let text = (0..<1000).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(faults(text).contains("in each other"))
    }

    @Test("Every %TAG line is refused before libyaml compares them with each other")
    func directives() {
        let text = (0..<200_000).map { "%TAG !a\($0)! x\n" }.joined()
        #expect(faults(text).hasPrefix("t.yaml:1:1: a %TAG line"))
        #expect(faults("\u{FEFF}%TAG !a! x\r---\n").contains("%TAG"))
    }

    @Test(
        "Sixteen MiB of anything is refused",
        arguments: [
            "a", "[", "]", "{", ",", ":", "- ", "& ", "* ", "\"", "'", "|", "#", "\n", "\t", " ", "%", "a: ", "a,",
            "\u{0}",
        ])
    func junk(_ piece: String) {
        let bytes = Array(piece.utf8)
        let text = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
            for index in buffer.indices { buffer[index] = bytes[index % bytes.count] }
            count = buffer.count
        }
        // Blanks and comments alone are settings without any.
        let isEmpty = ["#", "\n", " "].contains(piece)
        #expect(faults(text).isEmpty == isEmpty)
    }

    @Test("Sixteen MiB are read, and not a byte more", arguments: ["[", "a", "\n"])
    func size(_ piece: String) {
        let text = [UInt8](repeating: piece.utf8.first!, count: SettingsLimits.bytes)
        #expect(faults(text).isEmpty == (piece == "\n"))
        #expect(faults(text + text.prefix(1)).contains("settings have at most \(SettingsLimits.bytes)"))
    }

    @Test("More values than anyone writes are refused")
    func values() {
        let text = "groups: { a: [" + String(repeating: "1,", count: SettingsLimits.values) + "] }"
        #expect(faults(text).contains("more than \(SettingsLimits.values) values"))
    }

    @Test("Groups that multiply each other are refused, or count once")
    func multiplying() throws {
        // Each of 30 groups names the one before it ten times: once counts.
        var text = "groups:\n  g0: [10.0.0.1]\n"
        for level in 1...30 {
            text += "  g\(level): [\(Array(repeating: "group: g\(level - 1)", count: 10).joined(separator: ", "))]\n"
        }
        let settings = try SettingsDocument(parsing: text, file: "t.yaml")
        #expect(try settings.addressLists(files: [:])["g30"]?.count == 1)
    }

    @Test("A chain of groups as long as the file needs no stack")
    func chain() {
        let text =
            "groups:\n" + (0..<100_000).map { "  g\($0): [group: g\($0 + 1)]\n" }.joined() + "  g100000: [group: g0]\n"
        #expect(faults(text).contains("stands in itself"))
    }

    @Test("Mutations of the example are read or refused, never a crash")
    func mutations() throws {
        let example = try Fixtures.resource("gatelog.example.yaml")
        let seed: UInt64 = 2_026
        var random = SeededGenerator(seed: seed)
        let alphabet = Array(" \n\t:-[]{},&*!|>'\"%@`#?~0aA.\\\u{0}\u{7F}é€".utf8) + [0x80, 0xFF]
        var refused = 0
        for _ in 0..<3000 {
            var text = example
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: text[place] = alphabet.randomElement(using: &random)!
                case 1: text.insert(alphabet.randomElement(using: &random)!, at: place)
                case 2: text.removeSubrange(place..<min(text.count, place + Int.random(in: 1...40, using: &random)))
                default:
                    let end = min(text.count, place + Int.random(in: 1...80, using: &random))
                    text.insert(contentsOf: text[place..<end], at: Int.random(in: 0...text.count, using: &random))
                }
                if text.isEmpty { text = example }
            }
            if !faults(text).isEmpty { refused += 1 }
        }
        #expect(refused > 1000 && refused < 3000, "seed \(seed)")
    }
}
