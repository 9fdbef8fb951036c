import ExpressionSupport
import Expressions
import TestSupport
import Testing

/// What `explain` says of each expression of Tests/Fixtures/expressions/sentences.txt, with its canonical form.
@Suite struct SentenceTests {
    @Test func expressionsAreTold() throws {
        let directory = RandomExpressions.directory
        var text = ""
        let sources = String(decoding: Fixtures.bytes("expressions/sentences.txt"), as: UTF8.self)
        for source in sources.split(separator: "\n") {
            let expression = try Expression(parsing: String(source), directory: directory)
            text += "\(source)\n"
            if expression.canonical != source { text += "canonical: \(expression.canonical)\n" }
            text += expression.sentences(directory: directory) + "\n\n"
        }
        Golden.check(text, "sentences.txt")
    }

    @Test func nothingIsToldOfNothing() throws {
        let expression = try Expression(parsing: "# nothing")
        #expect(expression.sentences().hasPrefix("Nothing is asked for"))
    }

    /// Every tree has sentences, and they end.
    @Test func everyExpressionIsTold() {
        var expressions = RandomExpressions(seed: 7)
        for _ in 0..<500 {
            let tree = expressions.tree(depth: 5)
            let text = tree.sentences(directory: RandomExpressions.directory)
            #expect(
                text.utf8.count > 7 && !text.contains("  or") && !text.contains("packets packets"), "\(tree.canonical)")
        }
    }
}

/// Facts that a source cannot know (rule 3).
@Suite struct SourceFactsTests {
    static let text = """
        oif = "Internet" & iif = "LAN" & if = "LAN" & direc = in & rule = "NAT" & verdict = drop & smac = 00:11:22 \
        & vlan = 7 & host = "a.example" & user = ann & country = DE & asn = 1 & addr = user:"ann" & port = 80 \
        & addr = { user:"ann", 10.0.0.1 } & inner(!(oif = "LAN"))
        """

    @Test func whatASourceCannotKnowIsNamed() throws {
        let expression = try Expression(parsing: Self.text, directory: RandomExpressions.directory)
        let all = expression.unknowable(from: [])
        #expect(all.count == 14)
        let text = all.map { "\($0.place.lower)..<\($0.place.upper) \($0.message)\n" }.joined()
        Golden.check(text, "unknowable.txt")
    }

    @Test func aSourceThatKnowsAllLeavesNothingOut() throws {
        let expression = try Expression(parsing: Self.text, directory: RandomExpressions.directory)
        #expect(expression.unknowable(from: SourceFacts(rawValue: .max)).isEmpty)
        let received: SourceFacts = [
            .incomingInterface, .direction, .linkHeader, .names, .users, .countries, .networks,
        ]
        #expect(expression.unknowable(from: received).count == 4)
    }

    @Test func namesOfAddressesInsideATunnelAreNotKnown() throws {
        let all = SourceFacts(rawValue: .max)
        let inner = try Expression(
            parsing: "inner(host = \"a.b\" | country = DE | !inner(asn = 1 & user = ann) | port = 1)")
        #expect(inner.unknowable(from: all).count == 4)
        #expect(try Expression(parsing: "host = \"a.b\" & inner(port = 1)").unknowable(from: all).isEmpty)
    }
}
